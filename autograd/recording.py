"""Whether a function is being recorded for the compiler here and now, and the refusal to look at a number then."""

from __future__ import annotations

import contextlib
import linecache
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

import numpy as np

from autograd.errors import RecordingError
from autograd.grad_mode import record_everything

__all__ = ["is_recording", "looking", "open_recordings", "recording", "refusal", "refuse_branch"]

# One entry for each recording that is open anywhere: while it is empty, asking costs one test of an empty list.
open_recordings: list[None] = []

_here: ContextVar[bool] = ContextVar("recording", default=False)
_ROOT = Path(__file__).parent
_NOT_THE_USERS = tuple(
    str(folder) for folder in (_ROOT, _ROOT.parent / "nn", Path(np.__file__).parent, Path(contextlib.__file__).parent)
)
_THIRD_PARTY = ("site-packages", "dist-packages")
"""A line in a folder of the first tuple is not the one to show, unless it is in a package installed there."""


def is_recording() -> bool:
    """Whether this thread or task records: then comparisons are symbolic, and numbers are not to be looked at."""
    return bool(open_recordings) and _here.get()


@contextlib.contextmanager
def recording() -> Iterator[None]:
    """Record what is computed in this block, also inside of a no_grad() block around it."""
    open_recordings.append(None)
    token = _here.set(True)
    try:
        with record_everything():
            yield
    finally:
        _here.reset(token)
        open_recordings.pop()


@contextlib.contextmanager
def looking() -> Iterator[None]:
    """Look at numbers all the same: for what only shows them."""
    token = _here.set(False)
    try:
        yield
    finally:
        _here.reset(token)


def _is_inside(filename: str) -> bool:
    """Whether the code is this package's, NumPy's or Python's own."""
    home = next((folder for folder in _NOT_THE_USERS if filename.startswith(folder)), None)
    if home is None:
        return filename.startswith("<frozen") or (filename.startswith("<") and " of the rule " in filename)
    return not any(name in filename[len(home) :] for name in _THIRD_PARTY)


def refuse_branch() -> RecordingError:
    """The error for ``if v > 0`` and the like."""
    return refusal(
        "a branch (if, while, and, or, not, min, max, sorted) looks at a Value while its function is recorded",
        "autograd.where(x > 0, a, b), maximum, minimum, relu or clip; conditions combine with & and |",
    )


def refusal(what: str, remedy: str) -> RecordingError:
    """The error for looking at a number, with the line of the user's code that did."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_inside(frame.f_code.co_filename):
        frame = frame.f_back
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = linecache.getline(name, number).strip()
    return RecordingError(
        f"{what}, so the program would replay this one answer for every input\n"
        f"  at              {Path(name).name}:{number}{f'   {line}' if line else ''}\n"
        f"  try             {remedy}"
    )
