"""``autograd learn collect`` and ``cases``: wrong answers of a class that have no name yet, for a teacher to name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograd.learn import cases
from autograd.learn.cases import Case, Mistake
from autograd.learn.checking import check as checks
from autograd.learn.checking.process import Answer
from autograd.learn.course import Course, LearnError, prog
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.reporting.plain_text import as_text
from autograd.learn.reporting.report import report
from autograd.learn.terminal import console

__all__ = ["collect", "show_cases"]


def collect(course: Course, sources: list[Path], target: Path) -> int:
    """Write the cases of learners' folders, and of files of cases, into one file."""
    found = [case for source in sources or [course.started_folder] for case in _cases(course, source)]
    collected = cases.merged(found)
    try:
        cases.write(target, collected)
    except OSError as error:
        raise LearnError(course.word("cannot_write", folder=target, reason=error.strerror)) from None
    key = "collected" if collected else "collected_none"
    console.print_wrapped(course.word(key, count=len(collected), file=course.short_path(target)))
    if collected:
        console.print_wrapped(course.word("next_cases", prog=prog()))
    return 0


def _cases(course: Course, source: Path) -> Iterator[Case]:
    """The cases of a folder, where each exercise is run on the references of the others, or those of a file."""
    if source.is_file():
        yield from _read(course, source)
        return
    paths = {exercise: source / f"{exercise.name}.py" for exercise in EXERCISES}
    if not any(path.is_file() for path in paths.values()):
        raise LearnError(course.word("collect_nothing", folder=course.short_path(source)))
    for exercise, path in paths.items():
        result = cases.named(checks.check(exercise, path, "reference"), course.mistakes)
        if case := cases.case_of(result):
            yield case


def show_cases(course: Course, number: int | None, file: Path, title: str | None, sentence: str | None) -> int:
    """List the cases of a file, show one with its source, or give it a name."""
    collected = _read(course, file)
    if number is None:
        for index, case in enumerate(collected, 1):
            _show(course, index, case)
        console.print_wrapped(course.word("next_name" if collected else "cases_none", prog=prog()))
        return 0
    if not 1 <= number <= len(collected):
        raise LearnError(course.word("no_such_case", number=number, count=len(collected)))
    case = collected[number - 1]
    if not title:
        _show(course, number, case)
        console.print_lines(f"{case.source}\n")
        return 0
    _name(course, case, title.strip(), (sentence or title).strip())
    return 0


def _read(course: Course, file: Path) -> list[Case]:
    known = {exercise.name for exercise in EXERCISES}
    try:
        return [case for case in cases.read(file) if case.exercise in known]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LearnError(course.word("no_cases", file=file, prog=prog(), reason=error)) from None


def _show(course: Course, number: int, case: Case) -> None:
    """Print a case like a check: how often it was met, and the evidence."""
    exercise = Exercise(case.exercise)
    console.print_wrapped(course.heading("case", exercise, index=number, count=case.count), "1")
    result = checks.judge(exercise, Answer(case.outcomes, defined=exercise.names), (), {})
    evidence = as_text(report(result, course.words), console.style()).split("\n\n")
    console.print_lines("\n\n".join(["", *(part for part in evidence if part.startswith("    ")), ""]))


def _name(course: Course, case: Case, title: str, sentence: str) -> None:
    """Add the case to the private mistakes of the folder."""
    folder = course.started_folder
    numbers = [int(mistake.id[1:]) for mistake in course.mistakes if mistake.id[1:].isdigit()]
    mistake = Mistake(f"P{max(numbers, default=0) + 1}", case.exercise, title, sentence, case.outcomes)
    path = folder / cases.MISTAKES
    try:
        cases.write(path, [*course.mistakes, mistake])
    except OSError as error:
        raise LearnError(course.word("cannot_write", folder=folder, reason=error.strerror)) from None
    console.print_wrapped(course.word("case_named", bug=mistake.id, title=title, file=course.short_path(path)))
