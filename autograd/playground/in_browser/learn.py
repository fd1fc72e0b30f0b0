"""What the Learn page asks for: the exercises, a check, hints, solutions, and the learner's files as an archive.

Every function gets the learner's files and returns, beside its answer, the ``changes`` that the page is to keep.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

from autograd.learn.cases import named
from autograd.learn.checking import check as checks
from autograd.learn.checking import in_process
from autograd.learn.checking.check import NOT_STARTED, PASSED, WRONG, Result
from autograd.learn.checking.limits import depth_limited
from autograd.learn.checking.process import Answer
from autograd.learn.course import Course
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.progress import FILE, Entry, unused
from autograd.learn.reporting import places
from autograd.learn.reporting.html import picture_html
from autograd.learn.reporting.layout import EMPHASIS, joined
from autograd.learn.reporting.report import Block, report
from autograd.playground.in_browser.folder import Files, Unfit, loses, opened, packed, unpacked, with_starters
from autograd.playground.in_browser.restored import restored
from autograd.util.language import Language

__all__ = ["check", "exercises", "export", "hint", "open_exercise", "reset", "solution", "stopped", "take"]

LAST = 13
"""The last exercise in the page: those after it train networks, or are about NumPy."""
_INLINE = re.compile(rf"`(?P<code>[^`]*)`|{EMPHASIS.pattern}")

Data = dict[str, object]
Step = Literal["run", "search", "name"]


def exercises(files: Files, language: Language) -> Data:
    """Every exercise with its state; ``current`` is the first that is not passed."""
    with opened(files, language) as (course, changes):
        course.progress.mend()
        rows = [_row(course, exercise) for exercise in _offered()]
        left = [exercise.number for exercise in _offered() if exercise.name not in course.progress.passed()]
        answer = {"exercises": rows, "current": left[0] if left else None, "trouble": _trouble(course)}
    return {**answer, "changes": changes}


def open_exercise(number: int, files: Files, language: Language) -> Data:
    """The text of an exercise, its starter, and the hints that were read."""
    exercise = _exercise(number)
    with opened(files, language) as (course, changes):
        page, entry = course.page(exercise), course.progress.entry(exercise.name)
        answer = {
            **_row(course, exercise),
            "heading": course.heading("exercise", exercise),
            "minutes": course.word("minutes", count=exercise.minutes),
            "task": blocks(page.task),
            "starter": exercise.source("starter"),
            "hints": [blocks(text) for text in page.hints[: entry["tier"]]],
            "all_hints": len(page.hints),
        }
    return {**answer, "changes": changes}


def check(number: int, files: Files, language: Language, step: Step) -> Data:
    """The report on the learner's file, as data.

    step: "run" leaves off where the answer is wrong, with ``looking`` and what the numbers say; "search" then looks for
    the mistake, and "name" does not look for its place.
    """
    exercise = _exercise(number)
    if step == "run":
        _runner.last = None
    with opened(files, language) as (course, changes):
        if not course.path(exercise).exists():  # the page shows the starter, and keeps it only when it was changed
            course.path(exercise).write_text(exercise.source("starter"), encoding="utf-8")
        try:
            with depth_limited(), restored():  # also for the solutions with a mistake, which are run here, too
                result = checks.check(
                    exercise,
                    course.path(exercise),
                    passed=course.progress.passed(),
                    search_seconds=0 if step == "name" else checks.SEARCH,
                    searching=_leave if step == "run" else lambda: None,
                    runner=_runner,
                )
        except _Looking:
            return {**_first_report(course, exercise), "looking": True, "changes": {}}
        answer = _reported(course, result)
    return {**answer, "changes": changes}


class _Looking(Exception):
    """An answer is wrong, and the search for the mistake would begin."""


def _leave() -> None:
    raise _Looking


def _first_report(course: Course, exercise: Exercise) -> Data:
    """What is known of an answer that has just been found wrong: a number, or an error and its line; no mistake yet."""
    assert _runner.last
    (_, files), answer = _runner.last
    result = checks.judge(exercise, answer, tuple(files), vectors={})
    result = replace(result, path=course.path(exercise), source=files[exercise.name][0], graph=())
    whole = _report(course, result)
    return whole if result.problem else {**whole, "sentence": []}  # else that there is no name for it


class _Runner:
    """``in_process``, but what was run in the step "run" is not run again in the next one."""

    def __init__(self) -> None:
        self.last: tuple[tuple[Exercise, dict[str, tuple[str, str]]], Answer] | None = None

    def run(
        self,
        exercise: Exercise,
        files: Mapping[str, tuple[str, str]],
        folder: Path,
        seconds: float,
        meanwhile: Callable[[], object],
    ) -> Answer:
        """What the files give."""
        last, self.last = self.last, None
        question = exercise, dict(files)
        if last and last[0] == question:
            return last[1]
        answer = in_process.run(exercise, files, folder, seconds, meanwhile)
        self.last = question, answer
        return answer

    search = staticmethod(in_process.search)


_runner = _Runner()


def stopped(number: int, files: Files, language: Language, reason: Literal["timeout", "died"]) -> Data:
    """The report on a check that was ended from outside, because it did not end or took Python with it."""
    exercise = _exercise(number)
    with opened(files, language) as (course, changes):
        path = course.path(exercise)
        result = checks.judge(exercise, Answer(ended=reason), (exercise.name,))
        answer = _reported(course, replace(result, path=path))
    return {**answer, "changes": changes}


def hint(number: int, files: Files, language: Language) -> Data:
    """The next hint, or the last one again if all are used; before it, what the last check has found."""
    exercise = _exercise(number)
    with opened(files, language) as (course, changes):
        hints = course.page(exercise).hints
        tier = min(course.progress.entry(exercise.name)["tier"] + 1, len(hints))
        course.progress.hinted(exercise.name, tier)
        found = course.last_check(exercise, "#{number}")
        answer = {"found": inline(found), "hints": [blocks(text) for text in hints[:tier]], "all_hints": len(hints)}
    return {**answer, "changes": changes}


def solution(number: int, files: Files, language: Language) -> Data:
    """The solution of an exercise that is passed, the difference to it, and another way; else no ``source``."""
    exercise = _exercise(number)
    with opened(files, language) as (course, changes):
        if course.progress.entry(exercise.name)["state"] != PASSED:
            return {"source": None, "changes": {}}
        reference, yours = exercise.source(), ""
        with suppress(OSError, checks.Unreadable):
            yours = checks.read_source(course.path(exercise))
        others = [name for name in exercise.alternatives if exercise.source(name).split() != yours.split()]
        lines = difflib.unified_diff(yours.splitlines(), reference.splitlines(), lineterm="", n=1)
        answer = {
            "source": reference,
            "difference": [line for line in lines if not line.startswith(("---", "+++"))],
            "other": {"name": others[0][4:].replace("_", " "), "source": exercise.source(others[0])}
            if others
            else None,
        }
    return {**answer, "changes": changes}


def reset(number: int, files: Files, language: Language) -> Data:
    """Put the starter back; the learner's file is kept under the name ``kept``."""
    exercise = _exercise(number)
    with opened(files, language) as (course, changes):
        path, backup = course.path(exercise), None
        if path.exists() and not exercise.is_starter(path.read_text(encoding="utf-8", errors="replace")):
            backup = unused(path)
            path.replace(backup)
        path.write_text(exercise.source("starter"), encoding="utf-8")
        course.progress.reset(exercise.name)
    return {"kept": backup.name if backup else None, "changes": changes}


def export(files: Files, language: Language) -> Data:
    """The learner's folder as a zip archive, which a terminal goes on with."""
    with opened(files, language) as (course, changes):
        with_starters(course)
        answer = {"name": "autograd-exercises.zip", "data": packed(course.folder)}
    changes.clear()  # the page needs no starters
    return {**answer, "changes": changes}


def take(given: list[Mapping[str, str]], files: Files, language: Language, overwrite: bool) -> Data:
    """Take over a learner's files from archives, or as they are.

    overwrite: also where a file of the folder is another; without it, nothing is taken then, and ``asks`` names them.
    """
    try:
        texts, others = unpacked(given)
    except Unfit as unfit:
        return {"problem": unfit.key, "values": unfit.values, "changes": {}}
    with opened(files, language) as (course, changes):
        lost = [name for name in texts if loses(course, name, texts[name])]
        if lost and not overwrite:
            return {"asks": lost, "changes": {}}
        for name, text in texts.items():
            (course.folder / name).write_text(text, encoding="utf-8")
    return {"taken": len(texts), "others": others, "changes": changes}


# ── the parts of an answer ──────────────────────────────────────────────────────────────────────────────────────────


def _offered() -> tuple[Exercise, ...]:
    return tuple(exercise for exercise in EXERCISES if exercise.number <= LAST)


def _exercise(number: int) -> Exercise:
    return next(exercise for exercise in _offered() if exercise.number == number)


def _row(course: Course, exercise: Exercise) -> Data:
    entry = course.progress.entry(exercise.name)
    return {
        "number": exercise.number,
        "file": f"{exercise.name}.py",
        "title": course.title(exercise),
        "state": entry["state"],
        "state_words": _state_words(course, entry),
    }


def _state_words(course: Course, entry: Entry) -> str:
    state, bug = entry["state"], entry.get("bug")
    if state == PASSED and entry["helped"]:
        return course.word("state_passed_with_help")
    known = state if state in (PASSED, WRONG, NOT_STARTED, checks.CRASHED) else NOT_STARTED
    words = course.word("state_" + known.replace(" ", "_"))
    return f"{words}: {bug}" if known == WRONG and bug else words


def _trouble(course: Course) -> list[str]:
    """What is wrong with the files that are kept, a sentence each."""
    progress = course.progress
    words = [course.trouble] if course.trouble else []
    if progress.trouble:
        fields = {"file": FILE, "backup": progress.backup, "count": progress.saved, "prog": "autograd learn"}
        words.append(course.word(progress.trouble, **fields))
    return words


def _reported(course: Course, result: Result) -> Data:
    """The report on a result, which is kept in the progress."""
    result = named(result, course.mistakes)
    course.progress.checked(result.exercise.name, result.state, result.bug, result.located_in)
    return _report(course, result)


def _report(course: Course, result: Result) -> Data:
    """The report on a result, as data."""
    parts = report(result, course.words)
    return {
        "state": result.state,
        "bug": result.bug,
        "verdict": parts.verdict,
        "place": inline(parts.place),
        "questions": [inline(text) for text in parts.question.split("\n") if text],
        "sentence": inline(parts.sentence),
        "evidence": [_block(block) for block in parts.evidence],
        "notes": [inline(note) for note in parts.notes],
        "learnt": blocks(parts.learnt),
        "action": _action(course, result),
        "line": _own_line(result),
        "kinds": [inline(text) for text in places.kinds(result, course.words)],
        "mends": [blocks(text) for text in places.changes(result, course.words)],
        "trouble": _trouble(course),
    }


def _own_line(result: Result) -> int | None:
    """The line of the exercise's file that an error is in."""
    error = result.error
    return error.line or None if error and Path(error.file).name == f"{result.exercise.name}.py" else None


def _block(block: Block) -> Data:
    """A piece of evidence. rows: of a table; lines: of everything else; picture: of a graph, as part of a page."""
    return {
        "kind": block.kind,
        "heading": block.heading,
        "rows": list(block.lines) if block.kind == "table" else [],
        "lines": [] if block.kind == "table" else list(block.lines),
        "picture": picture_html(block.picture) if block.picture else None,
    }


def _action(course: Course, result: Result) -> Data:
    """What to do next: a key of the page's words, what they are filled in with, and the exercise it leads to."""
    exercise = result.exercise
    if result.state == PASSED:
        after = [other for other in _offered() if other.number > exercise.number]
        passed = course.progress.passed()
        following = next((other for other in [*after, *_offered()] if other.name not in passed), None)
        if following is None:
            return {"key": "next_none", "values": [len(_offered())], "number": None}
        return {"key": "next_exercise", "values": [course.heading("exercise", following)], "number": following.number}
    if result.problem == "earlier" or result.located_in:
        earlier = Exercise(result.located_in) if result.located_in else exercise.needs[0]
        return {"key": "next_earlier", "values": [course.heading("exercise", earlier)], "number": earlier.number}
    if result.state == NOT_STARTED:
        return {"key": "next_write", "values": [", ".join(exercise.names)], "number": None}
    if result.problem in ("syntax", "encoding", "names") or _own_line(result):
        return {"key": "next_mend", "values": [], "number": None}
    used, hints = course.progress.entry(exercise.name)["tier"], course.page(exercise).hints
    return {"key": "next_hint" if used < len(hints) else "next_stuck", "values": [used, len(hints)], "number": None}


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def blocks(text: str) -> list[Data]:
    r"""The paragraphs of a text; its code and pictures, which are indented, as they are.

    >>> blocks("Write `f`.\n\n    f(2)")
    [{'code': None, 'parts': [['', 'Write '], ['code', 'f'], ['', '.']]}, {'code': '    f(2)', 'parts': []}]
    """
    return [
        {"code": block, "parts": []}
        if block.startswith("    ")
        else {"code": None, "parts": inline(joined(block.split("\n")))}
        for block in re.split(r"\n\s*\n", text.strip("\n"))
        if block.strip()
    ]


def inline(text: str) -> list[list[str]]:
    """The parts of a line, each with its kind: "code", "emphasis", or "" for words.

    >>> inline("the *sum* of `a`")
    [['', 'the '], ['emphasis', 'sum'], ['', ' of '], ['code', 'a']]
    """
    return [[kind, part] for kind, part in _parts(text) if part]


def _parts(text: str) -> Iterable[tuple[str, str]]:
    end = 0
    for match in _INLINE.finditer(text):
        yield "", text[end : match.start()]
        yield ("code", match["code"]) if match["code"] is not None else ("emphasis", match[2])
        end = match.end()
    yield "", text[end:]
