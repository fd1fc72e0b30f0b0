"""A cell that has passed is kept as a file: each notebook has a kernel of its own, and all of them read the files."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from autograd.learn.checking.check import PASSED, Unreadable, read_source
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.notebook.search import cell_of, checked_as_file
from autograd.learn.notebook.shell import cell_with
from autograd.learn.progress import Progress
from autograd.util.files import write_whole

__all__ = ["keep"]


def keep(exercise: Exercise, own: Mapping[str, object], earlier: Collection[str], progress: Progress) -> str:
    """Write the cell that defines the learner's own objects to the exercise's file; the file's name if that was done.

    It is not where the file is the learner's own work, or says the same already, and where the cell alone does not
    pass: it may use names of other cells.

    earlier: the exercises before it whose files are the learner's.
    """
    single = [thing for listed in own.values() for thing in (listed if isinstance(listed, list) else [listed])]
    path = progress.folder / f"{exercise.name}.py"
    source = cell_of(single) or cell_with(exercise.names[0])  # ANSWERS know of no cell
    if not source or not _is_free(exercise, path, progress) or _text(path) == source:
        return ""
    if checked_as_file(exercise, source, earlier, progress.folder, seconds=0).state != PASSED:
        return ""
    try:
        write_whole(path, source.encode())
    except OSError:  # a folder that cannot be written to keeps no progress either, which is said
        return ""
    progress.kept(exercise.name, _digest(source))
    return path.name


def _is_free(exercise: Exercise, path: Path, progress: Progress) -> bool:
    """Whether the file is missing, the starter, or as a notebook has written it."""
    if not path.exists():
        return True
    text = _text(path)
    return bool(text) and (exercise.is_starter(text) or _digest(text) == progress.entry(exercise.name).get("cell"))


def _text(path: Path) -> str:
    """The text of a file; "" where it cannot be read."""
    try:
        return read_source(path) if path.is_file() else ""
    except Unreadable:
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
