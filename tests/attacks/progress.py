"""Attacks on ``learn-progress.json``: files of somebody else, read by every command and rolled up for a teacher."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attacks.files import Outcome
from autograd.learn.progress import FILE, Progress
from autograd.learn.terminal.cli import main

EVIL = "\x1b]0;owned\x07\x1b[31m\u202e\x9b2J=HYPERLINK(1)"


def _entry(**fields: Any) -> bytes:
    return json.dumps({"schema": 1, "exercises": {"e04_rules": {"state": "passed", **fields}}}).encode()


def _file(**fields: Any) -> bytes:
    return json.dumps({"schema": 1, "exercises": {}, **fields}).encode()


CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "not UTF-8": b"\xff\xfe\x00{}",
    "a merge": b"<<<<<<< HEAD\n{}",
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "nan": b"NaN",
    "nested deeply": b"[" * 200_000,
    "objects nested deeply": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested just so deeply that it is read": b'{"a":' * 900 + b"1" + b"}" * 900,
    "a number of 10,000 digits": b'{"schema": ' + b"9" * 10_000 + b"}",
    "zeros": bytes(1000),
    "schema text": _file(schema="2"),
    "schema null": _file(schema=None),
    "schema nan": _file(schema=float("nan")),
    "schema a list": _file(schema=[1]),
    "language a list": _file(language=["zh"]),
    "language an escape": _file(language=EVIL),
    "exercises a list": _file(exercises=["e04_rules"]),
    "exercises null": _file(exercises=None),
    "half a surrogate": b'{"exercises": {}, "mine": "\\ud800"}',
    "an exercise null": _file(exercises={"e04_rules": None}),
    "an exercise a list": _file(exercises={"e04_rules": [1]}),
    "an exercise a number": _file(exercises={"e04_rules": 3}),
    "exercises of evil names": _file(exercises={EVIL: "passed", "=1+1": "passed", "": "passed", "a\nb": "wrong"}),
    "the same name twice": b'{"exercises": {}, "exercises": {"e04_rules": "passed", "e04_rules": "wrong"}}',
    "state null": _entry(state=None),
    "state a list": _entry(state=["passed"]),
    "state an escape": _entry(state=EVIL),
    "state a formula": _entry(state="=cmd|' /C calc'!A0"),
    "state of braces": _entry(state="{0}{session.__class__}"),
    "attempts text": _entry(attempts="many"),
    "attempts -1": _entry(attempts=-1),
    "attempts nan": _entry(attempts=float("nan")),
    "attempts 10^400": _entry(attempts=10**400),
    "attempts a formula": _entry(attempts="=1+1"),
    "attempts null": _entry(attempts=None),
    "tier text": _entry(tier="=1"),
    "tier inf": _entry(tier=float("inf")),
    "tier -1": _entry(tier=-1, state="wrong"),
    "helped a formula": _entry(helped="@SUM(1)"),
    "diagnoses null": _entry(diagnoses=None),
    "diagnoses a number": _entry(diagnoses=5),
    "diagnoses text": _entry(diagnoses="M13"),
    "diagnoses of numbers": _entry(diagnoses=[{"id": 13}, {"id": None}, {"id": ["M13"]}, 3, None]),
    "diagnoses of evil": _entry(diagnoses=[{"id": EVIL}, {"id": "=1"}, {"id": "-1"}, {"id": "\t=1"}]),
    "a million diagnoses": _entry(diagnoses=[{"id": "M13"}] * 100_000),
    "bug a list": _entry(state="wrong", bug=["M13"]),
    "bug an escape": _entry(state="wrong", bug=EVIL),
    "at an escape": _entry(at=EVIL, passed_at=EVIL),
    "at a formula": _entry(at="+1", passed_at=3),
    "at a list": _entry(at=[], passed_at={}),
}

PLACES: dict[str, Callable[[Path], Any]] = {
    "a folder": Path.mkdir,
    "a FIFO": os.mkfifo,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a link in a circle": lambda path: path.symlink_to(path.name),
    "a link to nowhere": lambda path: path.symlink_to("/none/nowhere"),
    "1 GB": lambda path: _sparse(path, 1 << 30),
}

COMMANDS = (
    ["list"], ["list", "--todo"], [], ["progress"], ["progress", "--export", "json"], ["progress", "--export", "csv"],
    ["hint", "4"], ["solution"], ["check", "1"], ["list"],
)  # fmt: skip


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def _run(*arguments: str) -> str:
    """A command, and what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), contextlib.suppress(SystemExit):
        main(arguments)
    return out.getvalue()


def _evil(text: str) -> list[str]:
    return sorted({c for c in text if c != "\n" and not c.isprintable()})


def commands(
    folder: Path, chosen: tuple[str, ...] = (*CONTENTS, *PLACES), run: tuple[list[str], ...] = COMMANDS
) -> Outcome:
    """Every command over each: no traceback, no control character."""
    outcome = Outcome()
    for number, name in enumerate(chosen):
        home = folder / f"{number}"
        home.mkdir()
        (home / "e01_derivative.py").write_text("")
        if name in PLACES:
            PLACES[name](home / FILE)
        else:
            (home / FILE).write_bytes(CONTENTS[name])
        for command in run:
            outcome.tries += 1
            try:
                if evil := _evil(_run("--dir", str(home), "--language", "en", *command)):
                    outcome.fault(f"{name}: {command} printed {evil}")
            except BaseException as error:
                outcome.fault(f"{name}: {command}: {type(error).__name__}: {error}")
        if left := [path.name for path in home.iterdir() if path.name.startswith(".")]:
            outcome.fault(f"{name}: left behind {left}")
    return outcome


def classes(folder: Path, chosen: tuple[str, ...] = tuple(CONTENTS)) -> Outcome:
    """A class of all of them, and one who has passed: every table has that one, and no formula and no escape."""
    outcome, homes = Outcome(), []
    for number, name in enumerate([*chosen, "honest", "=1+1", "-evil\x1b[31m", "＝1+1"]):
        home = folder / (f"{number}" if name in CONTENTS else name)
        home.mkdir()
        (home / FILE).write_bytes(CONTENTS.get(name, _entry(attempts=3)))
        homes.append(str(home))
    for export in ("csv", "json", None):
        outcome.tries += len(homes)
        try:
            text = _run("progress", *homes, *(["--export", export] if export else []))
        except BaseException as error:
            outcome.fault(f"{export}: {type(error).__name__}: {error}")
            continue
        if "honest" not in text or _evil(text):
            outcome.fault(f"{export}: {_evil(text)}")
        for row in csv.reader(io.StringIO(text)) if export == "csv" else []:
            outcome.faults += [f"a formula: {cell!r}" for cell in row if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")]
    return outcome


def writers(folder: Path, threads: int = 4, changes: int = 25) -> Outcome:
    """Several threads change one file, each its own exercise, and all count: nothing is lost."""
    outcome = Outcome(tries=threads * changes)

    def change(number: int) -> None:
        progress = Progress(folder)
        for _ in range(changes):
            progress.checked(f"e{number:02}", "wrong", "M13")
            if progress.trouble:
                outcome.fault(progress.trouble)

    running = [threading.Thread(target=change, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    for number in range(threads):
        if (count := Progress(folder).entry(f"e{number:02}")["attempts"]) != changes:
            outcome.fault(f"{count} of {changes}")
    if left := [path.name for path in folder.iterdir() if path.name != FILE]:
        outcome.fault(f"left behind: {left}")
    return outcome


if sys.platform == "win32":  # pragma: no cover
    for _name in ("a FIFO", "a device without end", "a link in a circle", "a link to nowhere"):
        del PLACES[_name]
