"""``autograd learn hint``: the hints of an exercise, one by one, after what a check finds."""

from __future__ import annotations

from pathlib import Path

from autograd.learn.cases import named
from autograd.learn.checking.check import CRASHED, NOT_STARTED, PASSED, WRONG, Result, check
from autograd.learn.course import Course, prog
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.reporting import places
from autograd.learn.reporting.report import report
from autograd.learn.terminal import check_command, commands, console

__all__ = ["hint"]


def hint(course: Course, which: str | None, *, again: bool = False, line: bool = False) -> int:
    """Show what a check finds and the next hint, or the hints already read.

    line: show the change that mends the learner's file instead.
    """
    exercise, path = course.chosen(which)
    if line:
        return _change(course, exercise, path)
    hints = course.page(exercise).hints
    used = min(course.progress.entry(exercise.name)["tier"], len(hints))
    if not again:
        _print_findings(course, exercise, path)
    if used >= len(hints) and not again:
        console.print_wrapped(course.word("hints_used", count=len(hints), prog=prog(), number=exercise.number))
        return 0
    for tier in range(1, used + 1) if again else [used + 1]:
        console.print_wrapped(course.heading("hint", exercise, tier=tier, all=len(hints)), "1")
        console.print_text(f"\n{hints[tier - 1]}")
        console.print_lines()
    if not again:
        course.progress.hinted(exercise.name, used + 1)
        console.print_wrapped(course.word("hints_count", used=used + 1, all=len(hints)), "2")
        commands.print_trouble(course)
    return 0


def _print_findings(course: Course, exercise: Exercise, path: Path) -> None:
    """Print what a check of the file finds, and what kind of change mends it, if one is known."""
    result = _checked(course, exercise, path)
    if result.state not in (WRONG, CRASHED):  # the last check may have used other files of earlier exercises
        if last := course.last_check(exercise, f"{prog()} hint {{number}}"):
            console.print_wrapped(last)
            console.print_lines()
        return
    for text in (*report(result, course.words).findings, *places.kinds(result, course.words)):
        console.print_text(text)
        console.print_lines()
    if result.located_in:
        command = f"{prog()} hint {Exercise(result.located_in).number}"
        console.print_wrapped(course.word("last_elsewhere", file=f"{result.located_in}.py", command=command))
        console.print_lines()
    if result.repairs:
        console.print_wrapped(course.word("hint_line_offer", prog=prog(), number=exercise.number), "2")
        console.print_lines()


def _checked(course: Course, exercise: Exercise, path: Path) -> Result:
    with console.passing(course.word("looking")) as looking:
        result = check(exercise, path, passed=course.progress.passed(), searching=looking)
    return named(result, course.mistakes)


def _change(course: Course, exercise: Exercise, path: Path) -> int:
    """Print the change that mends the learner's file, if one is known."""
    result = _checked(course, exercise, path)
    for text in places.changes(result, course.words):
        console.print_text(text)
    if result.state in (PASSED, NOT_STARTED):
        console.print_wrapped(report(result, course.words).verdict)
    elif not result.repairs:
        console.print_wrapped(course.word("hint_line_none"))
        console.print_wrapped(check_command.next_hint(course, exercise))
    return 0
