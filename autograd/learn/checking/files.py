"""A learner's files: read, and tried as Python."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Collection
from pathlib import Path

from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome

__all__ = ["Unreadable", "earlier", "read_source", "syntax_error"]


class Unreadable(Exception):
    """The file is there and is no text."""


def read_source(path: Path) -> str:
    """The text of a file, with plain line ends and no byte-order mark. Raises Unreadable where it is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Unreadable(str(error)) from None


def syntax_error(source: str, path: str) -> Outcome | None:
    """What Python says of a text that is no Python; None where it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path, "exec")
    except SyntaxError as error:
        return Outcome(error=type(error).__name__, message=str(error.msg), file=path, line=error.lineno or 0)
    except (ValueError, MemoryError, RecursionError) as error:
        return Outcome(error=type(error).__name__, message=str(error), file=path)
    return None


def earlier(exercise: Exercise, folder: Path, using: str | None, passed: Collection[str]) -> dict[str, tuple[str, str]]:
    """The learner's files of the exercises it builds on, as far as they are to be used: name → (source, path)."""
    files = {}
    for part in exercise.needs:
        path = folder / f"{part.name}.py"
        if using == "reference" or (using is None and part.name not in passed) or not path.is_file():
            continue
        with contextlib.suppress(Unreadable):
            if not part.is_starter(source := read_source(path)):
                files[part.name] = source, str(path.absolute())
    return files
