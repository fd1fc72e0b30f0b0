"""What a learner has done, in ``learn-progress.json`` beside the files: safe to commit, to copy and to share.

Version 1 of the format::

    {"schema": 1, "language": "en", "exercises": {"e04_rules": {
      "state": "passed", "attempts": 3, "tier": 1, "helped": false, "at": "2025-01-31T12:00:00+00:00",
      "diagnoses": [{"id": "M13", "at": "2025-01-31T11:58:00+00:00"}]}}}

What is not known here is kept. Two terminals may write at once: each change is made to the file as it is then.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograd.files import write_whole

__all__ = ["FILE", "SCHEMA", "Progress", "roll_up"]

FILE = "learn-progress.json"
SCHEMA = 1
_MOST_DIAGNOSES = 200
_WAIT, _STALE = 2.0, 5.0


class Progress:
    """The progress file of a folder.

    trouble: why the last change could not be kept, a key of the words; "" where it was.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE
        self.trouble = ""

    def read(self) -> dict[str, Any]:
        """What the file says, in the form of today's version; what is there of a file of none."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            kept = {}
        return _upgraded(kept)

    def entry(self, name: str) -> dict[str, Any]:
        """What is kept of an exercise, with what is not there filled in."""
        return _complete(self.read()["exercises"].get(name))

    @property
    def language(self) -> str:
        """The language chosen before; "" where none was."""
        return str(self.read().get("language", ""))

    def choose(self, language: str) -> None:
        """Remember the language."""
        self._change(lambda kept: kept.update(language=language))

    def checked(self, name: str, state: str, bug: str | None) -> None:
        """Remember how a check of the exercise ended; only those of a file that is started count as attempts."""

        def change(entry: dict[str, Any]) -> None:
            entry.update(state=state, bug=bug if state == "wrong" else None)
            if state == "not started":
                return
            entry["attempts"] += 1
            if bug and state == "wrong":
                entry["diagnoses"] = [*entry["diagnoses"], {"id": bug, "at": _now()}][-_MOST_DIAGNOSES:]
            if state == "passed" and not entry.get("passed_at"):
                entry["passed_at"] = _now()

        self._change_entry(name, change)

    def hinted(self, name: str, tier: int) -> None:
        """Remember how many hints of the exercise were read."""
        self._change_entry(name, lambda entry: entry.update(tier=max(tier, entry["tier"])))

    def helped(self, name: str) -> None:
        """Remember that the solution was looked at before the exercise was passed."""
        self._change_entry(name, lambda entry: entry.update(helped=True))

    def reset(self, name: str) -> None:
        """The file is the starter again; what was learnt on the way is kept."""
        self._change_entry(name, lambda entry: entry.update(state="not started", bug=None))

    def passed(self) -> set[str]:
        """The names of the exercises that are passed."""
        kept = self.read()["exercises"]
        return {name for name, entry in kept.items() if _complete(entry)["state"] == "passed"}

    def _change_entry(self, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
        def on_all(kept: dict[str, Any]) -> None:
            entry = kept["exercises"][name] = _complete(kept["exercises"].get(name))
            change(entry)
            entry["at"] = _now()

        self._change(on_all)

    def _change(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Read, change and write, with other terminals waiting; ``trouble`` says why where that cannot be."""
        self.trouble = ""
        try:
            with _locked(self.path.with_name(f".{FILE}.lock")):
                if self._set_aside():
                    self.trouble = "progress_unreadable"
                kept = self.read()
                change(kept)
                write_whole(self.path, f"{json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode())
        except OSError:
            self.trouble = "progress_not_kept"

    def _set_aside(self) -> bool:
        """Keep a file that is no JSON, of a merge, say, under another name."""
        try:
            if self.path.is_file():
                json.loads(self.path.read_text(encoding="utf-8-sig"))
        except ValueError:
            self.path.replace(unused(self.path))
            return True
        return False


def unused(path: Path) -> Path:
    """The first of path.bak1, path.bak2, … that does not exist."""
    number = 1
    while (found := path.with_name(f"{path.name}.bak{number}")).exists():
        number += 1
    return found


def _upgraded(kept: Any) -> dict[str, Any]:
    """The content in today's form. Before version 1 there was no number, and an exercise was its state alone."""
    kept = kept if isinstance(kept, dict) else {}
    exercises = kept.get("exercises")
    known = exercises if isinstance(exercises, dict) else {}
    return {**kept, "schema": max(SCHEMA, kept.get("schema", 0)), "exercises": dict(known)}


def _complete(entry: Any) -> dict[str, Any]:
    entry = {"state": entry} if isinstance(entry, str) else entry if isinstance(entry, dict) else {}
    return {"state": "not started", "attempts": 0, "tier": 0, "helped": False, "diagnoses": [], **entry}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One terminal at a time, by a file that only one can create; one that was left behind is taken over."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE:
                    path.unlink()
            if time.monotonic() > end:
                path.unlink(missing_ok=True)
        except PermissionError:  # Windows, while another process removes it
            if sys.platform != "win32" or time.monotonic() > end:
                raise
        time.sleep(0.01)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def roll_up(folders: list[Path], names: list[str]) -> Iterator[dict[str, Any]]:
    """For a teacher: a row for each learner's folder and each exercise that was touched."""
    for folder in folders:
        kept = Progress(folder).read()["exercises"]
        for name in [*names, *sorted(set(kept) - set(names))]:
            if name not in kept:
                continue
            entry = _complete(kept[name])
            yield {
                "learner": learner(folder),
                "exercise": name,
                "state": entry["state"],
                "helped": entry["helped"],
                "attempts": entry["attempts"],
                "hints": entry["tier"],
                "bug": entry.get("bug"),
                "diagnoses": [met.get("id", "") for met in entry["diagnoses"] if isinstance(met, dict)],
                "last": entry.get("at", ""),
            }


def learner(folder: Path) -> str:
    """What a folder is called in the roll-up: its own name, or that of the folder around it where it is "exercises"."""
    folder = folder.absolute()
    return folder.parent.name if folder.name == "exercises" else folder.name
