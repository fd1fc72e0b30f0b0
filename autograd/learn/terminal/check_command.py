"""``autograd learn check``: one exercise with its report, or all of them with a line each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from autograd.learn.cases import named
from autograd.learn.checking import check as checks
from autograd.learn.checking.check import NOT_STARTED, PASSED, WRONG, Result
from autograd.learn.checking.needed import asks_for_more
from autograd.learn.course import Course, prog
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.reporting import report as reports
from autograd.learn.reporting.json_data import as_data
from autograd.learn.reporting.plain_text import SIGNS, as_text
from autograd.learn.terminal import console
from autograd.learn.terminal.commands import STATE_COLOURS, STATUS, print_hiding, print_trouble

__all__ = ["check", "checked", "next_hint", "report_of"]


def check(
    course: Course,
    which: str | None,
    *,
    everything: bool = False,
    why: bool = False,
    as_json: bool = False,
    using: str | None = None,
) -> int:
    """Check one exercise, or all with one line each."""
    chosen = course.exercises(which, everything)
    seconds = 0.0 if everything and not as_json else checks.SEARCH  # one line has no room for what is found
    results = [checked(course, exercise, path, using, seconds) for exercise, path in chosen]
    if as_json:
        data = [as_data(result, report_of(course, result)) for result in results]
        console.print_lines(json.dumps(data if everything else data[0], ensure_ascii=False, indent=1))
    elif everything:
        for result in results:
            _line(course, result)
        wrong = [result.exercise.number for result in results if STATUS[result.state] in (1, 3)]
        if wrong:
            console.print_wrapped(course.word("all_more", prog=prog(), number=wrong[0]))
    else:
        console.print_lines(as_text(report_of(course, results[0], why), console.style()))
        print_trouble(course)
        print_hiding(course, chosen[0][1].parent)
    return max((STATUS[result.state] for result in results), key=(0, 2, 1, 3).index)


def checked(
    course: Course, exercise: Exercise, path: Path, using: str | None = None, search_seconds: float = checks.SEARCH
) -> Result:
    """Check an exercise, and save the result in the progress."""
    with console.passing(course.word("looking")) as looking:
        passed = course.progress.passed()
        result = checks.check(exercise, path, using, passed, search_seconds=search_seconds, searching=looking)
    result = named(result, course.mistakes)
    course.progress.checked(exercise.name, result.state, result.bug, result.located_in)
    return result


def report_of(course: Course, result: Result, why: bool = False) -> reports.Report:
    """Return the report on a result, with the next step."""
    report = reports.report(result, course.words, why=why, action=_action(course, result))
    if (
        result.state != WRONG
        or not result.probe
        or not asks_for_more(result.exercise, result.exercise.probes[result.probe])
    ):
        return report
    return replace(report, notes=(*report.notes, course.word("paste", prog=prog(), number=result.exercise.number)))


def _action(course: Course, result: Result) -> str:
    exercise = result.exercise
    named = {"prog": prog(), "number": exercise.number, "file": course.short_path(result.path or course.path(exercise))}
    if result.state == PASSED:
        return _after_passing(course, exercise)
    if result.problem in ("no file", "empty"):
        return course.word("next_reset", **named)
    if result.state == NOT_STARTED:
        return course.word("next_start", **named, names=", ".join(exercise.names))
    if result.problem == "earlier" or result.located_in:
        earlier = Exercise(result.located_in) if result.located_in else exercise.needs[0]
        return course.word("next_check", **named | {"number": earlier.number})
    is_at_a_line = result.problem == "raised" and result.error is not None and result.error.line
    if result.problem in ("syntax", "encoding", "names") or is_at_a_line:
        return course.word("next_fix", **named)
    return next_hint(course, exercise)


def _after_passing(course: Course, exercise: Exercise) -> str:
    following = course.following(exercise)
    if following is None:
        return course.word("next_all_passed", count=len(EXERCISES))
    return course.heading("next_passed", following, prog=prog())


def next_hint(course: Course, exercise: Exercise) -> str:
    """Name the command for the next hint, or for the solution once all are used."""
    used, hints = course.progress.entry(exercise.name)["tier"], course.page(exercise).hints
    key = "next_hint" if used < len(hints) else "next_solution"
    return course.word(key, prog=prog(), number=exercise.number, used=used, all=len(hints))


def _line(course: Course, result: Result) -> None:
    """Describe a result in one line."""
    words = result.bug if result.state == WRONG and result.bug else ""
    state = course.word("state_" + result.state.replace(" ", "_"))
    line = f"{SIGNS[result.state]} {result.exercise.number:>2}  {course.title(result.exercise)}: {state} {words}"
    console.print_lines(console.style().paint(line.rstrip(), STATE_COLOURS[result.state]))
