"""Whether a function is being recorded for the compiler here and now, and the refusal to look at a number then."""

from __future__ import annotations

import contextlib
import linecache
import re
import sys
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import repeat
from pathlib import Path
from types import FrameType

import numpy as np

from autograd.core.modes import holding, track_everything
from autograd.errors import RecordingError
from autograd.util.printable import printable

__all__ = ["USE_PICK", "allow_reading", "is_recording", "open_recordings", "recording", "refusal", "refuse_branch"]

# One entry for each recording that is open anywhere: while it is empty, asking costs one test of an empty list.
open_recordings: list[object] = []

# What this thread or task has refused so far in the recording that is open here; None where it records nothing.
_here: ContextVar[list[RecordingError] | None] = ContextVar("recording", default=None)
_ROOT = Path(__file__).parents[1]
_NOT_THE_USERS = tuple(
    str(folder) for folder in (_ROOT, _ROOT.parent / "nn", Path(np.__file__).parent, Path(contextlib.__file__).parent)
)
_THIRD_PARTY = ("site-packages", "dist-packages")
"""A line in a folder of the first tuple is not the one to show, unless it is in a package installed there."""


def is_recording() -> bool:
    """Whether this thread or task records: then comparisons are symbolic, and numbers are not to be looked at."""
    return bool(open_recordings) and _here.get() is not None


@contextlib.contextmanager
def recording() -> Iterator[None]:
    """Record what is computed in this block, also inside of a no_grad() block around it.

    Raises RecordingError at its end for what was refused in it and caught there: a function that tries something else
    then would do so for every input.
    """
    refused: list[RecordingError] = []
    mark, own = object(), list[object]()
    ending = map(open_recordings.remove, own)
    try:
        deque(map(list.append, (open_recordings, own), repeat(mark)), 0)
        with holding(_here, refused), track_everything():
            yield
    except (IndexError, TypeError) as error:
        if not _NO_INDEX.search(str(error)):
            raise
        raise refusal(
            "a Value is used as an index while its function is recorded", USE_PICK, _innermost(error)
        ) from error
    finally:
        deque(ending, 0)  # one call into C, as above: no Ctrl-C leaves half of it
    if refused:
        raise refused[0]


@contextlib.contextmanager
def allow_reading() -> Iterator[None]:
    """Look at numbers all the same: for what only shows them."""
    with holding(_here, None):
        yield


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


def refusal(what: str, remedy: str, frame: FrameType | None = None) -> RecordingError:
    """The error for looking at a number, with the line of the user's code that did: here, or in a frame."""
    frame = frame or sys._getframe(1)
    while frame.f_back is not None and _is_inside(frame.f_code.co_filename):
        frame = frame.f_back
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = printable(linecache.getline(name, number).strip(), 200)
    error = RecordingError(
        f"{what}, so the program would replay this one answer for every input\n"
        f"  at              {printable(Path(name).name)}:{number}{f'   {line}' if line else ''}\n"
        f"  try             {remedy}"
    )
    refused = _here.get()
    if refused is not None:
        refused.append(error)
    return error


USE_PICK = "autograd.pick(xs, i) in place of xs[i] or xs[int(i)], where i is a Value"
_NO_INDEX = re.compile(r"indices must be integers.* not '?(Value|condition)\b|valid indices|used as indices")
"""What Python says of a Value as an index, and NumPy of anything that is none."""


def _innermost(error: BaseException) -> FrameType | None:
    """The frame that raised an error."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return None if place is None else place.tb_frame
