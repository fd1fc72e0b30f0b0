"""The commands, as functions of a course; each returns its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograd.learn.checking import check as runner
from autograd.learn.checking.check import CRASHED, NOT_STARTED, PASSED, WRONG, Result
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.course import Course, LearnError, prog
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.progress import FILE, roll_up, unused
from autograd.learn.reporting import report as reports
from autograd.learn.reporting.plain_text import as_text
from autograd.learn.reporting.texts import page
from autograd.learn.terminal import console
from autograd.util.files import write_whole
from autograd.util.text_width import columns, padded

__all__ = ["check", "hint", "next_step", "progress", "reset", "show_list", "solution", "start"]

STATUS = {PASSED: 0, WRONG: 1, NOT_STARTED: 2, CRASHED: 3}
_SIGNS = {PASSED: "✓", WRONG: "✗", NOT_STARTED: "○", CRASHED: "✗"}
_COLOURS = {PASSED: "32", WRONG: "31", NOT_STARTED: "", CRASHED: "31"}


def print_trouble(course: Course) -> None:
    """One line where the progress could not be kept."""
    if course.progress.trouble:
        console.print_wrapped(course.word(course.progress.trouble, file=FILE), "33")


def next_step(course: Course) -> int:
    """How far one is, and what to type."""
    if not course.is_started:
        console.print_wrapped(course.word("welcome", count=len(EXERCISES)))
        console.print_wrapped(course.word("next_begin", prog=prog()))
        return 0
    console.print_lines(_bar(course))
    one = course.current()
    if one is None:
        console.print_wrapped(course.word("next_all_passed", count=len(EXERCISES)))
        return 0
    minutes = getattr(one.check, "MINUTES", 0)
    console.print_lines()
    console.print_wrapped(
        f"{course.word('exercise', number=one.number, title=course.title(one))}  ({minutes} min)", "1"
    )
    console.print_text(page(one.name, course.words.language).task)
    console.print_lines()
    file = course.shown(course.path(one))
    console.print_wrapped(course.word("next_work", file=file, prog=prog(), number=one.number))
    return 0


def _bar(course: Course) -> str:
    passed = len(course.progress.passed() & {one.name for one in EXERCISES})
    room = min(len(EXERCISES), 20)
    full = passed * room // len(EXERCISES)
    return f"{'█' * full}{'░' * (room - full)}  " + course.word("bar", count=passed, all=len(EXERCISES))


def start(course: Course, folder: Path | None) -> int:
    """Copy the starters there, none over a file."""
    place = folder or course.place
    missing = [one for one in EXERCISES if not (place / f"{one.name}.py").exists()]
    if not missing:
        there = course.word("start_there", folder=course.shown(place))
        raise LearnError(f"{there} {_next_in(course, place)}")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for one in missing:
            write_whole(place / f"{one.name}.py", one.source("starter").encode(), new=True)
    except OSError as error:
        raise LearnError(course.word("cannot_write", folder=course.shown(place), reason=error.strerror)) from None
    here = Course(place, course.words.language)
    here.progress.choose(course.words.language)
    console.print_wrapped(course.word("start_done", count=len(missing), folder=course.shown(place)))
    if len(missing) < len(EXERCISES):
        console.print_wrapped(course.word("start_kept", count=len(EXERCISES) - len(missing)))
    print_trouble(here)
    console.print_wrapped(_next_in(course, place))
    return 0


def _next_in(course: Course, place: Path) -> str:
    """The command that goes on in the folder, which is found from here or not."""
    if Course().place.absolute() == place.absolute():
        return course.word("next_learn", prog=prog())
    return course.word("next_cd", prog=prog(), folder=place)


def show_list(course: Course, todo: bool) -> int:
    """A line for each exercise."""
    if not course.is_started:
        raise LearnError(course.word("no_folder", prog=prog()))
    kept = {one: course.progress.entry(one.name) for one in EXERCISES}
    rows = [(one, entry) for one, entry in kept.items() if not (todo and entry["state"] == PASSED)]
    titles = {one: course.title(one) for one, _ in rows}
    wide = max((columns(title) for title in titles.values()), default=0)
    for one, entry in rows:
        state = entry["state"] if entry["state"] in STATUS else NOT_STARTED
        words = _state_words(course, entry)
        minutes = f"{getattr(one.check, 'MINUTES', 0):>3} min"
        line = f"{_SIGNS[state]} {one.number:>2}  {padded(titles[one], wide)}  {minutes}  {words}"
        if columns(line) > console.style().width:
            line = f"{_SIGNS[state]} {one.number:>2}  {titles[one]}\n      {minutes}  {words}"
        console.print_lines(console.style().paint(line, _COLOURS[state]))
    if not rows:
        console.print_wrapped(course.word("next_all_passed", count=len(EXERCISES)))
    return 0


def _state_words(course: Course, entry: dict[str, object]) -> str:
    """The state, with the mistake that was named last: not started, crashed, wrong: M14, passed, passed with help."""
    state = str(entry["state"])
    if state == PASSED:
        return course.word("state_passed_with_help" if entry["helped"] else "state_passed")
    if state == WRONG and entry.get("bug"):
        return f"{course.word('state_wrong')}: {entry['bug']}"
    return course.word("state_" + state.replace(" ", "_")) if state in STATUS else state


# ── check ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(
    course: Course,
    which: str | None,
    *,
    everything: bool = False,
    why: bool = False,
    as_json: bool = False,
    using: str | None = None,
) -> int:
    """Check one exercise, or all with a line each."""
    chosen = course.exercises(which, everything)
    results = [checked(course, one, path, using) for one, path in chosen]
    if as_json:
        data = [reports.as_data(result, said(course, result)) for result in results]
        console.print_lines(json.dumps(data if everything else data[0], ensure_ascii=False, indent=1))
    elif everything:
        for result in results:
            _line(course, result)
    else:
        console.print_lines(as_text(said(course, results[0], why), console.style()))
        print_trouble(course)
    return max((STATUS[result.state] for result in results), key=(0, 2, 1, 3).index)


def checked(course: Course, one: Exercise, path: Path, using: str | None = None) -> Result:
    """The result of a check, which is remembered."""
    result = runner.check(one, path, using, course.progress.passed())
    course.progress.checked(one.name, result.state, result.bug)
    return result


def said(course: Course, result: Result, why: bool = False) -> reports.Report:
    """The report on it, with what to do next."""
    return reports.report(result, course.words, why=why, action=_action(course, result), seconds=runner.LIMIT)


def _action(course: Course, result: Result) -> str:
    one = result.exercise
    named = {"prog": prog(), "number": one.number, "file": course.shown(result.path or course.path(one))}
    if result.state == PASSED:
        return _after_passing(course, one)
    if result.problem in ("no file", "empty"):
        return course.word("next_reset", **named)
    if result.state == NOT_STARTED:
        return course.word("next_start", **named, names=", ".join(one.names))
    if result.problem == "earlier" or result.place:
        earlier = Exercise(result.place) if result.place else one.needs[0]
        return course.word("next_check", **named | {"number": earlier.number})
    is_at_a_line = result.problem == "raised" and result.error is not None and result.error.line
    if result.problem in ("syntax", "encoding", "names") or is_at_a_line:
        return course.word("next_fix", **named)
    return _next_hint(course, one)


def _after_passing(course: Course, one: Exercise) -> str:
    following = course.following(one)
    if following is None:
        return course.word("next_all_passed", count=len(EXERCISES))
    return course.word("next_passed", prog=prog(), number=following.number, title=course.title(following))


def _next_hint(course: Course, one: Exercise) -> str:
    used, hints = course.progress.entry(one.name)["tier"], page(one.name, course.words.language).hints
    key = "next_hint" if used < len(hints) else "next_solution"
    return course.word(key, prog=prog(), number=one.number, used=used, all=len(hints))


def _line(course: Course, result: Result) -> None:
    """A result in one line."""
    words = result.bug if result.state == WRONG and result.bug else ""
    state = course.word("state_" + result.state.replace(" ", "_"))
    line = f"{_SIGNS[result.state]} {result.exercise.number:>2}  {course.title(result.exercise)}: {state} {words}"
    console.print_lines(console.style().paint(line.rstrip(), _COLOURS[result.state]))


# ── hint, solution, reset, progress ─────────────────────────────────────────────────────────────────────────────────


def hint(course: Course, which: str | None, *, again: bool = False) -> int:
    """Show the next hint, or those that were read."""
    one, _ = course.chosen(which)
    hints = page(one.name, course.words.language).hints
    used = min(course.progress.entry(one.name)["tier"], len(hints))
    if used >= len(hints) and not again:
        console.print_wrapped(course.word("hints_used", count=len(hints), prog=prog(), number=one.number))
        return 0
    for tier in range(1, used + 1) if again else [used + 1]:
        console.print_wrapped(
            course.word("hint", tier=tier, all=len(hints), number=one.number, title=course.title(one)), "1"
        )
        console.print_text(f"\n{hints[tier - 1]}")
        console.print_lines()
    if not again:
        course.progress.hinted(one.name, used + 1)
        console.print_wrapped(course.word("hints_count", used=used + 1, all=len(hints)), "2")
        print_trouble(course)
    return 0


def solution(course: Course, which: str | None, give_up: bool) -> int:
    """Show the reference, how the learner's differs from it, and another way; after passing, or after all hints."""
    one, path = course.chosen(which or _just_passed(course))
    entry, hints = course.progress.entry(one.name), page(one.name, course.words.language).hints
    passed = entry["state"] == PASSED
    if not passed and not (give_up and entry["tier"] >= len(hints)):
        key = "solution_hints" if give_up else "solution_later"
        raise LearnError(course.word(key, used=entry["tier"], all=len(hints), prog=prog(), number=one.number))
    if not passed:
        course.progress.helped(one.name)
    reference, yours = one.source(), _text_of(path)
    console.print_wrapped(course.word("solution", number=one.number, title=course.title(one)), "1")
    console.print_lines("\n" + reference)
    if yours:
        _difference(course, path.name, yours, reference)
    others = [name for name in one.alternatives if one.source(name).split() != yours.split()]
    for other in others[:1]:
        console.print_wrapped(course.word("solution_other", name=other[4:].replace("_", " ")), "1")
        console.print_lines("\n" + one.source(other))
    print_trouble(course)
    return 0


def _just_passed(course: Course) -> str | None:
    """The exercise passed last, as long as the current one has not been begun: its solution is to compare with."""
    current = course.current()
    entries = {one.name: course.progress.entry(one.name) for one in EXERCISES}
    passed = [name for name, entry in entries.items() if entry["state"] == PASSED]
    if current is None or not passed:
        return None
    begun = entries[current.name]["state"] != NOT_STARTED or entries[current.name]["tier"]
    return None if begun else max(passed, key=lambda name: (str(entries[name].get("passed_at")), name))


def _text_of(path: Path) -> str:
    """The learner's file; "" where there is none that can be read."""
    try:
        return runner.read_source(path)
    except (OSError, runner.Unreadable):
        return ""


def _difference(course: Course, name: str, yours: str, reference: str) -> None:
    import difflib

    lines = [*difflib.unified_diff(yours.splitlines(), reference.splitlines(), name, "solution", lineterm="", n=1)]
    console.print_wrapped(course.word("solution_difference" if lines else "solution_same"), "1")
    for line in lines:
        console.print_lines(console.style().paint(line, {"+": "32", "-": "31", "@": "2"}.get(line[:1], "")))
    console.print_lines()


def reset(course: Course, which: str | None, everything: bool) -> int:
    """Put the starter back; what was there is kept beside it."""
    if which is None and not everything:
        raise LearnError(course.word("reset_which", prog=prog()))
    for one, path in course.exercises(which, everything):
        starter = one.source("starter")
        try:
            if path.exists():
                if runner.is_starter(path, starter):
                    continue
                path = _put_aside(course, path)
            write_whole(path, starter.encode(), new=True)
        except OSError as error:
            raise LearnError(course.word("cannot_write", folder=path.parent, reason=error.strerror)) from None
        course.progress.reset(one.name)
        console.print_wrapped(course.word("reset_done", file=course.shown(path)))
    print_trouble(course)
    return 0


def _put_aside(course: Course, path: Path) -> Path:
    kept = unused(path)
    path.replace(kept)
    console.print_wrapped(course.word("reset_kept", file=course.shown(kept)))
    return path


def progress(course: Course, folders: list[Path], export: str | None) -> int:
    """What was done: a line for each exercise, or a table of one or several learners."""
    rows = list(roll_up(folders or [course.folder], [one.name for one in EXERCISES]))
    if export == "json":
        console.print_lines(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    if export == "csv":
        _write_csv(course, rows)
        return 0
    if not folders:
        console.print_lines(_bar(course))
    for row in rows:
        met = " ".join(dict.fromkeys(row["diagnoses"])) or "-"
        values = {
            "state": _state_words(course, dict(row)),
            "attempts": row["attempts"],
            "hints": row["hints"],
            "met": met,
        }
        whose = f"{row['learner']}  " if folders else ""
        console.print_wrapped(f"{whose}{row['exercise']}: {course.word('progress_row', **values)}")
    if len(folders) < 2:
        _legend(course, rows)
    return 0


def _legend(course: Course, rows: list[dict[str, Any]]) -> None:
    """What the ids of the mistakes stand for."""
    met = dict.fromkeys(bug for row in rows for bug in row["diagnoses"] if bug in BUGS)
    if met:
        console.print_lines()
    for bug in met:
        console.print_wrapped(f"{bug}  {course.words.title(bug)}")


def _write_csv(course: Course, rows: list[dict[str, Any]]) -> None:
    import csv
    import io

    text = io.StringIO()
    columns = ["learner", "exercise", "state", "helped", "attempts", "hints", "diagnoses", "last"]
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(x) for name, x in {**row, "diagnoses": " ".join(row["diagnoses"])}.items()})
    console.print_lines(text.getvalue().rstrip("\n"))


_FORMULAS = tuple("=+-@\t\r＝＋－＠")


def _cell(x: Any) -> Any:
    """A cell that no spreadsheet computes: text that would begin a formula begins with an apostrophe."""
    begins_a_formula = isinstance(x, str) and (x[:1] in _FORMULAS or x.lstrip()[:1] in _FORMULAS)
    return f"'{x}" if begins_a_formula else x
