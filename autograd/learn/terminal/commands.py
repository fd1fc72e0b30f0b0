"""The commands that check nothing: functions of a course that return an exit status. They start fast."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from autograd.learn.checking.files import Unreadable, read_source
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.checking.states import CRASHED, NOT_STARTED, PASSED, WRONG
from autograd.learn.course import Course, LearnError, hiding, prog
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.progress import FILE, Entry, Row, roll_up, unused
from autograd.learn.reporting.plain_text import COLOURS, SIGNS
from autograd.learn.terminal import console
from autograd.util.files import write_whole
from autograd.util.text_width import columns, padded

__all__ = ["next_step", "progress", "reset", "show_list", "solution", "start"]

STATUS = {PASSED: 0, WRONG: 1, NOT_STARTED: 2, CRASHED: 3}
STATE_COLOURS = COLOURS | {NOT_STARTED: ""}  # most lines of a list


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
        console.print_lines(console.style().paint(line, STATE_COLOURS[state]))
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
        return read_source(path)
    except (OSError, Unreadable):
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
                with suppress(Unreadable):
                    if exercise.is_starter(read_source(path)):
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
