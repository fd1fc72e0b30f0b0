"""The commands: functions of a course that return an exit status."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autograd.learn.cases import named
from autograd.learn.checking import check as checks
from autograd.learn.checking.check import CRASHED, NOT_STARTED, PASSED, WRONG, Result
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.checking.needed import asks_for_more
from autograd.learn.course import Course, LearnError, hiding, prog
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.progress import FILE, Entry, Row, roll_up, unused
from autograd.learn.reporting import report as reports
from autograd.learn.reporting.plain_text import COLOURS, SIGNS, as_text
from autograd.learn.terminal import console
from autograd.util.files import write_whole
from autograd.util.text_width import columns, padded

__all__ = ["check", "next_hint", "next_step", "progress", "reset", "show_list", "solution", "start"]

STATUS = {PASSED: 0, WRONG: 1, NOT_STARTED: 2, CRASHED: 3}
_COLOURS = COLOURS | {NOT_STARTED: ""}  # most lines of a list


def print_trouble(course: Course) -> None:
    """Print one line if the progress could not be saved."""
    if course.progress.trouble:
        progress = course.progress
        sentence = course.word(progress.trouble, file=FILE, backup=progress.backup, count=progress.saved, prog=prog())
        console.print_wrapped(sentence, "33")


def print_hiding(course: Course, folder: Path) -> None:
    """Print a line for each file whose name hides a module."""
    for name in hiding(folder):
        console.print_wrapped(course.word("hides", file=name, name=name.removesuffix(".py")), "33")


def mend_progress(course: Course) -> None:
    """Mend a damaged progress file and say so, where errors go: what is printed may be read by a program."""
    if course.trouble:
        console.print_error(course.trouble)
    progress = course.progress
    progress.mend()
    if progress.trouble == "progress_damaged":
        words = course.word(progress.trouble, file=FILE, backup=progress.backup, count=progress.saved, prog=prog())
        console.print_error(words)


def next_step(course: Course) -> int:
    """Print the learner's progress and the next command to type."""
    if not course.is_started:
        console.print_wrapped(course.word("welcome", count=len(EXERCISES)))
        console.print_wrapped(course.word("next_begin", prog=prog()))
        return 0
    console.print_lines(_bar(course))
    print_hiding(course, course.folder)
    exercise = course.current()
    if exercise is None:
        console.print_wrapped(course.word("next_all_passed", count=len(EXERCISES)))
        return 0
    console.print_lines()
    task(course, exercise)
    console.print_lines()
    file = course.short_path(course.path(exercise))
    console.print_wrapped(course.word("next_work", file=file, prog=prog(), number=exercise.number))
    return 0


def task(course: Course, exercise: Exercise) -> None:
    """Print the text of an exercise."""
    console.print_wrapped(
        f"{course.heading('exercise', exercise)}  ({course.word('minutes', count=exercise.minutes)})", "1"
    )
    console.print_text(course.page(exercise).task)


def _bar(course: Course) -> str:
    passed = len(course.progress.passed() & {exercise.name for exercise in EXERCISES})
    room = min(len(EXERCISES), 20)  # half of the narrowest terminal
    full = passed * room // len(EXERCISES)
    return f"{'█' * full}{'░' * (room - full)}  " + course.word("bar", count=passed, all=len(EXERCISES))


def start(course: Course, folder: Path | None) -> int:
    """Copy the starter files, without overwriting any file."""
    target = folder or course.folder
    missing = [exercise for exercise in EXERCISES if not (target / f"{exercise.name}.py").exists()]
    if not missing:
        there = course.word("start_there", folder=course.short_path(target))
        raise LearnError(f"{there} {_next_in(course, target)}")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for exercise in missing:
            write_whole(target / f"{exercise.name}.py", exercise.source("starter").encode(), new=True)
    except OSError as error:
        raise LearnError(course.word("cannot_write", folder=course.short_path(target), reason=error.strerror)) from None
    here = Course(target, course.words.language)
    here.progress.choose(course.words.language)
    console.print_wrapped(course.word("start_done", count=len(missing), folder=course.short_path(target)))
    if len(missing) < len(EXERCISES):
        console.print_wrapped(course.word("start_kept", count=len(EXERCISES) - len(missing)))
    print_trouble(here)
    console.print_wrapped(_next_in(course, target))
    return 0


def _next_in(course: Course, target: Path) -> str:
    """Return the next command for a folder, with --dir if it is not found from here."""
    if Course().folder.absolute() == target.absolute():
        return course.word("next_learn", prog=prog())
    return course.word("next_cd", prog=prog(), folder=target)


def show_list(course: Course, todo: bool) -> int:
    """Print a line for each exercise."""
    if not course.is_started:
        raise LearnError(course.word("no_folder", prog=prog()))
    entries = {exercise: course.progress.entry(exercise.name) for exercise in EXERCISES}
    rows = [(exercise, entry) for exercise, entry in entries.items() if not (todo and entry["state"] == PASSED)]
    titles = {exercise: course.title(exercise) for exercise, _ in rows}
    wide = max((columns(title) for title in titles.values()), default=0)
    for exercise, entry in rows:
        state = entry["state"] if entry["state"] in STATUS else NOT_STARTED
        words = _state_words(course, entry)
        minutes = course.word("minutes", count=f"{exercise.minutes:>3}")
        line = f"{SIGNS[state]} {exercise.number:>2}  {padded(titles[exercise], wide)}  {minutes}  {words}"
        if columns(line) > console.style().width:
            line = f"{SIGNS[state]} {exercise.number:>2}  {titles[exercise]}\n      {minutes}  {words}"
        console.print_lines(console.style().paint(line, _COLOURS[state]))
    if not rows:
        console.print_wrapped(course.word("next_all_passed", count=len(EXERCISES)))
    return 0


def _state_words(course: Course, entry: Entry | Row) -> str:
    """Describe a state, with the last mistake named: not started, crashed, wrong: M14, passed, passed with help."""
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
    """Check one exercise, or all with one line each."""
    chosen = course.exercises(which, everything)
    seconds = 0.0 if everything and not as_json else checks.SEARCH  # one line has no room for what is found
    results = [checked(course, exercise, path, using, seconds) for exercise, path in chosen]
    if as_json:
        data = [reports.as_data(result, report_of(course, result)) for result in results]
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
    console.print_lines(console.style().paint(line.rstrip(), _COLOURS[result.state]))


# ── solution, reset, progress ─────────────────────────────────────────────────────────────────────────────────


def solution(course: Course, which: str | None, give_up: bool) -> int:
    """Show the solution, the learner's differences from it, and another way, after passing or after all hints."""
    exercise, path = course.chosen(which or _just_passed(course))
    entry, hints = course.progress.entry(exercise.name), course.page(exercise).hints
    passed = entry["state"] == PASSED
    if not passed and not (give_up and entry["tier"] >= len(hints)):
        key = "solution_hints" if give_up else "solution_later"
        raise LearnError(course.word(key, used=entry["tier"], all=len(hints), prog=prog(), number=exercise.number))
    if not passed:
        course.progress.helped(exercise.name)
    reference, yours = exercise.source(), _text_of(path)
    console.print_wrapped(course.heading("solution", exercise), "1")
    console.print_lines("\n" + reference)
    if yours:
        _difference(course, path.name, yours, reference)
    others = [name for name in exercise.alternatives if exercise.source(name).split() != yours.split()]
    for other in others[:1]:
        console.print_wrapped(course.word("solution_other", name=other[4:].replace("_", " ")), "1")
        console.print_lines("\n" + exercise.source(other))
    print_trouble(course)
    return 0


def _just_passed(course: Course) -> str | None:
    """Return the last exercise passed, if the current one has not been started, to compare solutions."""
    current = course.current()
    entries = {exercise.name: course.progress.entry(exercise.name) for exercise in EXERCISES}
    passed = [name for name, entry in entries.items() if entry["state"] == PASSED]
    if current is None or not passed:
        return None
    begun = entries[current.name]["state"] != NOT_STARTED or entries[current.name]["tier"]
    return None if begun else max(passed, key=lambda name: (str(entries[name].get("passed_at")), name))


def _text_of(path: Path) -> str:
    """Return the text of the learner's file; "" if it cannot be read."""
    try:
        return checks.read_source(path)
    except (OSError, checks.Unreadable):
        return ""


def _difference(course: Course, name: str, yours: str, reference: str) -> None:
    import difflib

    lines = [*difflib.unified_diff(yours.splitlines(), reference.splitlines(), name, "solution", lineterm="", n=1)]
    console.print_wrapped(course.word("solution_difference" if lines else "solution_same"), "1")
    for line in lines:
        console.print_lines(console.style().paint(line, {"+": "32", "-": "31", "@": "2"}.get(line[:1], "")))
    console.print_lines()


def reset(course: Course, which: str | None, everything: bool) -> int:
    """Put the starter file back, and keep the learner's file next to it."""
    if which is None and not everything:
        raise LearnError(course.word("reset_which", prog=prog()))
    for exercise, path in course.exercises(which, everything):
        try:
            if path.exists():
                with suppress(checks.Unreadable):
                    if exercise.is_starter(checks.read_source(path)):
                        continue
                path = _put_aside(course, path)
            write_whole(path, exercise.source("starter").encode(), new=True)
        except OSError as error:
            raise LearnError(course.word("cannot_write", folder=path.parent, reason=error.strerror)) from None
        course.progress.reset(exercise.name)
        console.print_wrapped(course.word("reset_done", file=course.short_path(path)))
    print_trouble(course)
    return 0


def _put_aside(course: Course, path: Path) -> Path:
    backup = unused(path)
    path.replace(backup)
    console.print_wrapped(course.word("reset_kept", file=course.short_path(backup)))
    return path


def progress(course: Course, folders: list[Path], export: str | None) -> int:
    """Print the progress: a line for each exercise, or a table of one or more learners."""
    rows = list(roll_up(folders or [course.started_folder], [exercise.name for exercise in EXERCISES]))
    if export == "json":
        console.print_lines(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    if export == "csv":
        _write_csv(course, rows)
        return 0
    if not folders:
        console.print_lines(_bar(course))
    for row in rows:
        ids = " ".join(dict.fromkeys(row["diagnoses"])) or "-"
        values = {
            "state": _state_words(course, row),
            "attempts": row["attempts"],
            "hints": row["hints"],
            "met": ids,
        }
        whose = f"{row['learner']}  " if folders else ""
        console.print_wrapped(f"{whose}{row['exercise']}: {course.word('progress_row', **values)}")
    if len(folders) < 2:
        _legend(course, rows)
    return 0


def _legend(course: Course, rows: list[Row]) -> None:
    """Print the meaning of the mistakes' ids."""
    ids = dict.fromkeys(bug for row in rows for bug in row["diagnoses"] if bug in BUGS or bug in course.words.private)
    if ids:
        console.print_lines()
    for bug in ids:
        console.print_wrapped(f"{bug}  {course.words.title(bug)}")


def _write_csv(course: Course, rows: list[Row]) -> None:
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


def _cell(x: object) -> object:
    """Make a cell safe for spreadsheets: put an apostrophe before text that would start a formula."""
    begins_a_formula = isinstance(x, str) and (x[:1] in _FORMULAS or x.lstrip()[:1] in _FORMULAS)
    return f"'{x}" if begins_a_formula else x
