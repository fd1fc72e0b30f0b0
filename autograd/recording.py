"""Whether a function is being recorded for the compiler, here and now, and the refusal to look at a number meanwhile."""

from __future__ import annotations

import contextlib
import linecache
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from autograd.errors import RecordingError
from autograd.grad_mode import record_everything

__all__ = ["is_recording", "looking", "open_recordings", "recording", "refusal", "refuse_branch"]

# One entry for each recording that is open anywhere: while it is empty, asking costs one test of an empty list.
open_recordings: list[None] = []

_here: ContextVar[bool] = ContextVar("recording", default=False)
_PACKAGE = str(Path(__file__).parent)


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


def refuse_branch() -> RecordingError:
    """The error for ``if v > 0`` and the like."""
    return refusal(
        "a branch (if, while, and, or, not, min, max, sorted) looks at a Value while its function is recorded",
        "autograd.where(x > 0, a, b), maximum, minimum, relu or clip; conditions combine with & | ~",
    )


def refusal(what: str, remedy: str) -> RecordingError:
    """The error for looking at a number, with the line of the user's code that did."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = linecache.getline(name, number).strip()
    return RecordingError(
        f"{what}, so the program would replay this one answer for every input\n"
        f"  at              {Path(name).name}:{number}{f'   {line}' if line else ''}\n"
        f"  try             {remedy}"
    )
