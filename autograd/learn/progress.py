"""What a learner has done, in ``learn-progress.json`` beside the files: safe to commit, to copy and to share.

Version 1 of the format::

    {"schema": 1, "language": "en", "exercises": {"e04_rules": {
      "state": "passed", "attempts": 3, "tier": 1, "helped": false, "at": "2025-01-31T12:00:00+00:00",
      "diagnoses": [{"id": "M13", "at": "2025-01-31T11:58:00+00:00"}]}}}

What is not known here is kept. Two terminals may write at once: each change is made to the file as it is then.
It may be somebody else's file: what is read of it has the types above, and nothing in it reaches a terminal or a table
but words, numbers and times that are plain.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from autograd.util.file_locks import locked
from autograd.util.files import read_whole, write_whole

__all__ = ["FILE", "SCHEMA", "Entry", "Progress", "Row", "roll_up", "unused"]

FILE = "learn-progress.json"
SCHEMA = 1
_MOST_DIAGNOSES = 200  # the last ones of an exercise; a file that is shared does not grow for ever
_LARGEST = 1 << 22  # bytes; what a learner does makes a hundredth of it
_WAIT = 2.0  # seconds: another terminal writes within milliseconds, and a check should not be held up
_MOST = 10**6  # a count beyond it is nobody's
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00|Z)", re.ASCII)
_STATE = re.compile(r"[a-z][a-z ]{0,29}")
_EXERCISE = re.compile(r"e\d\d_\w{1,40}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BUG = re.compile(r"[A-Za-z][\w/]{0,29}", re.ASCII)


class Named(TypedDict):
    """A mistake that was named, and when."""

    id: str
    at: str


class Entry(TypedDict):
    """The record of an exercise.

    tier: the number of hints read. helped: the solution was read before it passed. bug: what the last check named.
    where: the earlier exercise in which that mistake is; "" where it is in the exercise itself.
    cell: the SHA-256 of the file that a notebook has written when its cell passed.
    """

    state: str
    attempts: int
    tier: int
    helped: bool
    diagnoses: list[Named]
    at: NotRequired[str]
    passed_at: NotRequired[str]
    bug: NotRequired[str | None]
    where: NotRequired[str]
    cell: NotRequired[str]


class Content(TypedDict):
    """The whole file. Unknown fields are kept, here and in the exercises."""

    schema: int
    exercises: dict[str, object]
    language: NotRequired[object]


class Row(TypedDict):
    """A line of the roll-up: a learner's exercise."""

    learner: str
    exercise: str
    state: str
    helped: bool
    attempts: int
    hints: int
    bug: str | None
    diagnoses: list[str]
    last: str


class Progress:
    """The progress file of a folder.

    trouble: why the last change could not be kept, or that the file was damaged, as a key of the words; "" where all
    is well. backup: the name under which a damaged file is kept. saved: how many exercises could be read of it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        self.trouble = ""
        self.backup = ""
        self.saved = 0

    def read(self) -> Content:
        """What the file says, in the form of today's version; of a damaged file what can be read of it."""
        try:
            return _upgraded(self._parsed())
        except OSError:
            return _upgraded({})
        except ValueError:
            return self._salvaged()

    def mend(self) -> None:
        """Mend the file if it is damaged; ``trouble`` says so. The damaged file is kept under another name."""
        try:
            self._parsed()
        except OSError:
            return
        except ValueError:
            self._change(lambda content: None)

    def _parsed(self) -> dict[str, object]:
        """The file's content. Raises ValueError if it is damaged, OSError if it cannot be read."""
        if self.path.is_file() and self.path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        content = _parsed(read_whole(self.path, _LARGEST))
        try:
            json.dumps(content)
        except RecursionError:  # nested too deeply to be written again
            raise ValueError("nested too deeply") from None
        return content

    def _salvaged(self) -> Content:
        from autograd.learn.damaged_progress import salvaged  # a millisecond, for a file that is seldom damaged

        try:
            with self.path.open("rb") as file:
                return _upgraded(salvaged(file.read(_LARGEST).decode("utf-8", "replace")))
        except OSError:
            return _upgraded({})

    def entry(self, name: str) -> Entry:
        """The entry of an exercise, complete."""
        return _complete(self.read()["exercises"].get(name))

    @property
    def language(self) -> str:
        """The language chosen before; "" where none was."""
        language = self.read().get("language", "")
        return language if isinstance(language, str) and len(language) < 10 else ""

    def choose(self, language: str) -> None:
        """Remember the language."""
        self._change(lambda content: content.update({"language": language}))

    def checked(self, name: str, state: str, bug: str | None, where: str = "") -> None:
        """Remember how a check of the exercise ended; only those of a file that is started count as attempts."""

        def change(entry: Entry) -> None:
            entry["state"], entry["bug"] = state, bug if state == "wrong" else None
            entry["where"] = where if state in ("wrong", "crashed") else ""
            if state == "not started":
                return
            entry["attempts"] += 1
            if bug and state == "wrong":
                named: Named = {"id": bug, "at": _now()}
                entry["diagnoses"] = [*entry["diagnoses"], named][-_MOST_DIAGNOSES:]
            if state == "passed" and not entry.get("passed_at"):
                entry["passed_at"] = _now()

        self._change_entry(name, change)

    def hinted(self, name: str, tier: int) -> None:
        """Remember how many hints of the exercise were read."""
        self._change_entry(name, lambda entry: entry.update({"tier": max(tier, entry["tier"])}))

    def helped(self, name: str) -> None:
        """Remember that the solution was looked at before the exercise was passed."""
        self._change_entry(name, lambda entry: entry.update({"helped": True}))

    def kept(self, name: str, digest: str) -> None:
        """Remember that a notebook has written the exercise's file, and what: by its SHA-256."""
        self._change_entry(name, lambda entry: entry.update({"cell": digest}))

    def reset(self, name: str) -> None:
        """The file is the starter again; what was learnt on the way is kept."""
        self._change_entry(name, lambda entry: entry.update({"state": "not started", "bug": None, "where": ""}))

    def passed(self) -> set[str]:
        """The names of the exercises that are passed."""
        entries = self.read()["exercises"]
        return {name for name, entry in entries.items() if _complete(entry)["state"] == "passed"}

    def _change_entry(self, name: str, change: Callable[[Entry], None]) -> None:
        def on_content(content: Content) -> None:
            entry = content["exercises"][name] = _complete(content["exercises"].get(name))
            change(entry)
            entry["at"] = _now()

        self._change(on_content)

    def _change(self, change: Callable[[Content], None]) -> None:
        """Read, change and write, with other terminals waiting; ``trouble`` says why where that cannot be."""
        self.trouble = ""
        try:
            with locked(self.path, _WAIT):
                content = self.read()
                self._set_aside(content)
                change(content)
                write_whole(self.path, f"{json.dumps(content, indent=1, sort_keys=True)}\n".encode())
        except OSError:
            self.trouble = "progress_not_kept"

    def _set_aside(self, content: Content) -> None:
        """Keep a damaged file, of a merge, say, under another name; the content is what could be read of it."""
        if not self.path.is_file():
            return
        try:
            self._parsed()
        except ValueError:
            backup = unused(self.path)
            self.path.replace(backup)
            self.trouble, self.backup, self.saved = "progress_damaged", backup.name, len(content["exercises"])


def _parsed(text: bytes) -> dict[str, object]:
    """The object that a file's JSON is. Raises ValueError for anything else."""
    try:
        content = json.loads(text.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content


def unused(path: Path) -> Path:
    """The first of path.bak1, path.bak2, … that does not exist."""
    number = 1
    while (backup := path.with_name(f"{path.name}.bak{number}")).exists():
        number += 1
    return backup


def _upgraded(content: dict[str, object]) -> Content:
    """The content in today's form. Before version 1 there was no number, and an exercise was its state alone."""
    exercises = content.get("exercises")
    known = dict(exercises) if isinstance(exercises, dict) else {}
    schema = max(SCHEMA, _count(content.get("schema")))
    return cast("Content", {**content, "schema": schema, "exercises": known})


def _complete(entry: object) -> Entry:
    """An entry whose known fields are there, and of their types; what is not known is as it was."""
    fields: dict[str, Any] = entry if isinstance(entry, dict) else {"state": entry}
    diagnoses = fields.get("diagnoses")
    complete: dict[str, object] = {
        **(fields if isinstance(entry, dict) else {}),
        "state": _matching(_STATE, fields.get("state")) or "not started",
        "attempts": _count(fields.get("attempts")),
        "tier": _count(fields.get("tier")),
        "helped": fields.get("helped") is True,
        "diagnoses": [
            {"id": bug, "at": _matching(_TIME, named.get("at"))}
            for named in (diagnoses[-_MOST_DIAGNOSES:] if isinstance(diagnoses, list) else [])
            if isinstance(named, dict) and (bug := _matching(_BUG, named.get("id")))
        ],
        **{name: _matching(_TIME, fields[name]) for name in ("at", "passed_at") if name in fields},
        **({"where": _matching(_EXERCISE, fields["where"])} if "where" in fields else {}),
        **({"cell": _matching(_DIGEST, fields["cell"])} if "cell" in fields else {}),
        **({"bug": _matching(_BUG, fields["bug"]) or None} if "bug" in fields else {}),
    }
    return cast("Entry", complete)


def _matching(pattern: re.Pattern[str], x: object) -> str:
    """The text if it is one of this form; else ""."""
    return x if isinstance(x, str) and pattern.fullmatch(x) else ""


def _count(x: object) -> int:
    """The whole number, at most a million; 0 for anything else."""
    return min(x, _MOST) if type(x) is int and x > 0 else 0


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


def roll_up(folders: list[Path], names: list[str]) -> Iterator[Row]:
    """For a teacher: a row for each learner's folder and each exercise that was touched."""
    for folder in folders:
        entries = Progress(folder).read()["exercises"]
        # Of the unknown names those that are fit for a table.
        others = sorted(name for name in set(entries) - set(names) if name.isidentifier() and len(name) < 60)
        for name in [*names, *others]:
            if name in entries:
                yield _row(learner(folder), name, _complete(entries[name]))


def _row(learner: str, exercise: str, entry: Entry) -> Row:
    return {
        "learner": learner,
        "exercise": exercise,
        "state": entry["state"],
        "helped": entry["helped"],
        "attempts": entry["attempts"],
        "hints": entry["tier"],
        "bug": entry.get("bug"),
        "diagnoses": [named["id"] for named in entry["diagnoses"]],
        "last": entry.get("at", ""),
    }


def learner(folder: Path) -> str:
    """What a folder is called in the roll-up: its own name, or that of the folder around it where it is "exercises"."""
    folder = folder.absolute()
    name = folder.parent.name if folder.name == "exercises" else folder.name
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
