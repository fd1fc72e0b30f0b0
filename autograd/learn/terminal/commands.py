"""The commands, as functions of a session; each returns its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograd.learn.checking import check as runner
from autograd.learn.checking.check import CRASHED, NOT_STARTED, PASSED, WRONG, Result
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.progress import roll_up, unused
from autograd.learn.reporting import report as reports
from autograd.learn.reporting.texts import page, width_of
from autograd.learn.session import LearnError, Session, prog
from autograd.util.files import write_whole

__all__ = ["check", "hint", "next_step", "progress", "reset", "show_list", "solution", "start"]

STATUS = {PASSED: 0, WRONG: 1, NOT_STARTED: 2, CRASHED: 3}
_SIGNS = {PASSED: "✓", WRONG: "✗", NOT_STARTED: "○", CRASHED: "✗"}
_COLOURS = {PASSED: "32", WRONG: "31", NOT_STARTED: "", CRASHED: "31"}


def next_step(session: Session) -> int:
    """How far one is, and what to type."""
    if not session.is_started:
        session.tell(session.word("welcome", count=len(EXERCISES)))
        session.tell(session.word("next_begin", prog=prog()))
        return 0
    session.say(_bar(session))
    one = session.current()
    if one is None:
        session.tell(session.word("next_all_passed", count=len(EXERCISES)))
        return 0
    minutes = getattr(one.check, "MINUTES", 0)
    session.say()
    session.tell(f"{session.word('exercise', number=one.number, title=session.title(one))}  ({minutes} min)", "1")
    session.lay_out(page(one.name, session.words.language).task)
    session.say()
    file = session.shown(session.path(one))
    session.tell(session.word("next_work", file=file, prog=prog(), number=one.number))
    return 0


def _bar(session: Session) -> str:
    passed = len(session.progress.passed() & {one.name for one in EXERCISES})
    room = min(len(EXERCISES), 20)
    full = passed * room // len(EXERCISES)
    return f"{'█' * full}{'░' * (room - full)}  " + session.word("bar", count=passed, all=len(EXERCISES))


def start(session: Session, folder: Path | None) -> int:
    """Copy the starters there, none over a file."""
    place = folder or session.place
    missing = [one for one in EXERCISES if not (place / f"{one.name}.py").exists()]
    if not missing:
        there = session.word("start_there", folder=session.shown(place))
        raise LearnError(f"{there} {_next_in(session, place)}")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for one in missing:
            write_whole(place / f"{one.name}.py", one.source("starter").encode(), new=True)
    except OSError as error:
        raise LearnError(session.word("cannot_write", folder=session.shown(place), reason=error.strerror)) from None
    here = Session(place, session.words.language)
    here.progress.choose(session.words.language)
    session.tell(session.word("start_done", count=len(missing), folder=session.shown(place)))
    if len(missing) < len(EXERCISES):
        session.tell(session.word("start_kept", count=len(EXERCISES) - len(missing)))
    here.say_trouble()
    session.tell(_next_in(session, place))
    return 0


def _next_in(session: Session, place: Path) -> str:
    """The command that goes on in the folder, which is found from here or not."""
    if Session().place.absolute() == place.absolute():
        return session.word("next_learn", prog=prog())
    return session.word("next_cd", prog=prog(), folder=place)


def show_list(session: Session, todo: bool) -> int:
    """A line for each exercise."""
    if not session.is_started:
        raise LearnError(session.word("no_folder", prog=prog()))
    kept = {one: session.progress.entry(one.name) for one in EXERCISES}
    rows = [(one, entry) for one, entry in kept.items() if not (todo and entry["state"] == PASSED)]
    titles = {one: session.title(one) for one, _ in rows}
    wide = max((width_of(title) for title in titles.values()), default=0)
    for one, entry in rows:
        state = entry["state"] if entry["state"] in STATUS else NOT_STARTED
        words = _state_words(session, entry)
        minutes = f"{getattr(one.check, 'MINUTES', 0):>3} min"
        line = (
            f"{_SIGNS[state]} {one.number:>2}  {titles[one]}{' ' * (wide - width_of(titles[one]))}  {minutes}  {words}"
        )
        if width_of(line) > session.style.width:
            line = f"{_SIGNS[state]} {one.number:>2}  {titles[one]}\n      {minutes}  {words}"
        session.say(session.style.paint(line, _COLOURS[state]))
    if not rows:
        session.tell(session.word("next_all_passed", count=len(EXERCISES)))
    return 0


def _state_words(session: Session, entry: dict[str, object]) -> str:
    """The state, with the mistake that was named last: not started, crashed, wrong: M14, passed, passed with help."""
    state = str(entry["state"])
    if state == PASSED:
        return session.word("state_passed_with_help" if entry["helped"] else "state_passed")
    if state == WRONG and entry.get("bug"):
        return f"{session.word('state_wrong')}: {entry['bug']}"
    return session.word("state_" + state.replace(" ", "_")) if state in STATUS else state


# ── check ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(
    session: Session,
    which: str | None,
    *,
    everything: bool = False,
    why: bool = False,
    as_json: bool = False,
    using: str | None = None,
) -> int:
    """Check one exercise, or all with a line each."""
    chosen = session.exercises(which, everything)
    results = [checked(session, one, path, using) for one, path in chosen]
    if as_json:
        data = [reports.as_data(result, said(session, result)) for result in results]
        session.say(json.dumps(data if everything else data[0], ensure_ascii=False, indent=1))
    elif everything:
        for result in results:
            _line(session, result)
    else:
        session.say(reports.as_text(said(session, results[0], why), session.style))
        session.say_trouble()
    return max((STATUS[result.state] for result in results), key=(0, 2, 1, 3).index)


def checked(session: Session, one: Exercise, path: Path, using: str | None = None) -> Result:
    """The result of a check, which is remembered."""
    result = runner.check(one, path, using, session.progress.passed())
    session.progress.checked(one.name, result.state, result.bug)
    return result


def said(session: Session, result: Result, why: bool = False) -> reports.Report:
    """The report on it, with what to do next."""
    return reports.report(result, session.words, why=why, action=_action(session, result), seconds=runner.LIMIT)


def _action(session: Session, result: Result) -> str:
    one = result.exercise
    named = {"prog": prog(), "number": one.number, "file": session.shown(result.path or session.path(one))}
    if result.state == PASSED:
        return _after_passing(session, one)
    if result.problem in ("no file", "empty"):
        return session.word("next_reset", **named)
    if result.state == NOT_STARTED:
        return session.word("next_start", **named, names=", ".join(one.names))
    if result.problem == "earlier" or result.place:
        earlier = Exercise(result.place) if result.place else one.needs[0]
        return session.word("next_check", **named | {"number": earlier.number})
    is_at_a_line = result.problem == "raised" and result.error is not None and result.error.line
    if result.problem in ("syntax", "encoding", "names") or is_at_a_line:
        return session.word("next_fix", **named)
    return _next_hint(session, one)


def _after_passing(session: Session, one: Exercise) -> str:
    following = session.following(one)
    if following is None:
        return session.word("next_all_passed", count=len(EXERCISES))
    return session.word("next_passed", prog=prog(), number=following.number, title=session.title(following))


def _next_hint(session: Session, one: Exercise) -> str:
    used, hints = session.progress.entry(one.name)["tier"], page(one.name, session.words.language).hints
    key = "next_hint" if used < len(hints) else "next_solution"
    return session.word(key, prog=prog(), number=one.number, used=used, all=len(hints))


def _line(session: Session, result: Result) -> None:
    """A result in one line."""
    words = result.bug if result.state == WRONG and result.bug else ""
    state = session.word("state_" + result.state.replace(" ", "_"))
    line = f"{_SIGNS[result.state]} {result.exercise.number:>2}  {session.title(result.exercise)}: {state} {words}"
    session.say(session.style.paint(line.rstrip(), _COLOURS[result.state]))


# ── hint, solution, reset, progress ─────────────────────────────────────────────────────────────────────────────────


def hint(session: Session, which: str | None, *, again: bool = False) -> int:
    """Show the next hint, or those that were read."""
    one, _ = session.chosen(which)
    hints = page(one.name, session.words.language).hints
    used = min(session.progress.entry(one.name)["tier"], len(hints))
    if used >= len(hints) and not again:
        session.tell(session.word("hints_used", count=len(hints), prog=prog(), number=one.number))
        return 0
    for tier in range(1, used + 1) if again else [used + 1]:
        session.tell(session.word("hint", tier=tier, all=len(hints), number=one.number, title=session.title(one)), "1")
        session.lay_out(f"\n{hints[tier - 1]}")
        session.say()
    if not again:
        session.progress.hinted(one.name, used + 1)
        session.tell(session.word("hints_count", used=used + 1, all=len(hints)), "2")
        session.say_trouble()
    return 0


def solution(session: Session, which: str | None, give_up: bool) -> int:
    """Show the reference, how the learner's differs from it, and another way; after passing, or after all hints."""
    one, path = session.chosen(which or _just_passed(session))
    entry, hints = session.progress.entry(one.name), page(one.name, session.words.language).hints
    passed = entry["state"] == PASSED
    if not passed and not (give_up and entry["tier"] >= len(hints)):
        key = "solution_hints" if give_up else "solution_later"
        raise LearnError(session.word(key, used=entry["tier"], all=len(hints), prog=prog(), number=one.number))
    if not passed:
        session.progress.helped(one.name)
    reference, yours = one.source(), _text_of(path)
    session.tell(session.word("solution", number=one.number, title=session.title(one)), "1")
    session.say("\n" + reference)
    if yours:
        _difference(session, path.name, yours, reference)
    others = [name for name in one.alternatives if one.source(name).split() != yours.split()]
    for other in others[:1]:
        session.tell(session.word("solution_other", name=other[4:].replace("_", " ")), "1")
        session.say("\n" + one.source(other))
    session.say_trouble()
    return 0


def _just_passed(session: Session) -> str | None:
    """The exercise passed last, as long as the current one has not been begun: its solution is to compare with."""
    current = session.current()
    entries = {one.name: session.progress.entry(one.name) for one in EXERCISES}
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


def _difference(session: Session, name: str, yours: str, reference: str) -> None:
    import difflib

    lines = [*difflib.unified_diff(yours.splitlines(), reference.splitlines(), name, "solution", lineterm="", n=1)]
    session.tell(session.word("solution_difference" if lines else "solution_same"), "1")
    for line in lines:
        session.say(session.style.paint(line, {"+": "32", "-": "31", "@": "2"}.get(line[:1], "")))
    session.say()


def reset(session: Session, which: str | None, everything: bool) -> int:
    """Put the starter back; what was there is kept beside it."""
    if which is None and not everything:
        raise LearnError(session.word("reset_which", prog=prog()))
    for one, path in session.exercises(which, everything):
        starter = one.source("starter")
        try:
            if path.exists():
                if runner.is_starter(path, starter):
                    continue
                path = _put_aside(session, path)
            write_whole(path, starter.encode(), new=True)
        except OSError as error:
            raise LearnError(session.word("cannot_write", folder=path.parent, reason=error.strerror)) from None
        session.progress.reset(one.name)
        session.tell(session.word("reset_done", file=session.shown(path)))
    session.say_trouble()
    return 0


def _put_aside(session: Session, path: Path) -> Path:
    kept = unused(path)
    path.replace(kept)
    session.tell(session.word("reset_kept", file=session.shown(kept)))
    return path


def progress(session: Session, folders: list[Path], export: str | None) -> int:
    """What was done: a line for each exercise, or a table of one or several learners."""
    rows = list(roll_up(folders or [session.folder], [one.name for one in EXERCISES]))
    if export == "json":
        session.say(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    if export == "csv":
        _write_csv(session, rows)
        return 0
    if not folders:
        session.say(_bar(session))
    for row in rows:
        met = " ".join(dict.fromkeys(row["diagnoses"])) or "-"
        values = {
            "state": _state_words(session, dict(row)),
            "attempts": row["attempts"],
            "hints": row["hints"],
            "met": met,
        }
        whose = f"{row['learner']}  " if folders else ""
        session.tell(f"{whose}{row['exercise']}: {session.word('progress_row', **values)}")
    if len(folders) < 2:
        _legend(session, rows)
    return 0


def _legend(session: Session, rows: list[dict[str, Any]]) -> None:
    """What the ids of the mistakes stand for."""
    met = dict.fromkeys(bug for row in rows for bug in row["diagnoses"] if bug in BUGS)
    if met:
        session.say()
    for bug in met:
        session.tell(f"{bug}  {session.words.title(bug)}")


def _write_csv(session: Session, rows: list[dict[str, Any]]) -> None:
    import csv
    import io

    text = io.StringIO()
    columns = ["learner", "exercise", "state", "helped", "attempts", "hints", "diagnoses", "last"]
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(x) for name, x in {**row, "diagnoses": " ".join(row["diagnoses"])}.items()})
    session.say(text.getvalue().rstrip("\n"))


_FORMULAS = tuple("=+-@\t\r＝＋－＠")


def _cell(x: Any) -> Any:
    """A cell that no spreadsheet computes: text that would begin a formula begins with an apostrophe."""
    begins_a_formula = isinstance(x, str) and (x[:1] in _FORMULAS or x.lstrip()[:1] in _FORMULAS)
    return f"'{x}" if begins_a_formula else x
