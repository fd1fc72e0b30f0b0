"""Whether a function is being recorded for the compiler here and now, and the refusal to look at a number then."""

from __future__ import annotations

import contextlib
import linecache
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from itertools import repeat
from types import FrameType
from typing import TYPE_CHECKING

import numpy as np

from autograd.core.modes import holding, track_everything
from autograd.errors import RecordingError
from autograd.util.printable import printable

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = [
    "allow_reading",
    "condition",
    "is_recording",
    "open_recordings",
    "recording",
    "refusal",
    "refuse_while_recording",
]

MakesCondition = Callable[[str, Sequence[object]], "Value | bool"]

_USE_PICK = "autograd.pick(xs, i) in place of xs[i] or xs[int(i)], where i is a Value"

_REFUSED = {
    "backward": (
        "backward() is called while its function is recorded",
        "return the loss, and ask the program for value_and_grad; or autograd.grad inside the function",
    ),
    "branch": (
        "a branch (if, while, and, or, not, min, max, sorted) looks at a Value while its function is recorded",
        "autograd.where(x > 0, a, b), maximum, minimum, relu or clip; conditions combine with & and |",
    ),
    "copy": ("a Value is copied while its function is recorded", "the Value itself: nothing changes it"),
    "float": (
        "a Value is turned into a plain number while its function is recorded",
        "v.exp() or autograd.exp(v) in place of math.exp(v), an object array in place of one of floats",
    ),
    "int": ("a Value is turned into a plain number while its function is recorded", _USE_PICK),
    "read data": (
        "the number of a Value is read while its function is recorded",
        "the Value itself: it computes; detach() stops its gradient",
    ),
    "read grad": (
        "the gradient of a Value is read while its function is recorded", "autograd.grad inside the function"
    ),
    "read local derivatives": (
        "local derivatives are read while their function is recorded", "autograd.grad inside it"
    ),
    "set data": ("the number of a Value is set while its function is recorded", "a new Value, or setting it outside"),
}  # fmt: skip
"""What may not be done with a Value while its function is recorded, and what to write instead."""


class _Recording:
    """A recording in this thread or task: what a comparison gives in it, and what it has refused so far."""

    def __init__(self, condition: MakesCondition) -> None:
        self.condition = condition
        self.refused: list[RecordingError] = []


# One entry for each recording that is open anywhere: while it is empty, asking costs one test of an empty list.
open_recordings: list[object] = []

# The recording that is open here; None where nothing is recorded.
_here: ContextVar[_Recording | None] = ContextVar("recording", default=None)

_ROOT = os.path.dirname(os.path.dirname(__file__))  # no pathlib: a quarter of the time of `import autograd`
_NOT_THE_USERS = (
    _ROOT,
    os.path.join(os.path.dirname(_ROOT), "nn"),
    os.path.dirname(np.__file__),
    os.path.dirname(contextlib.__file__),
)
_THIRD_PARTY = ("site-packages", "dist-packages")
"""A line in a folder of the first tuple is not the one to show, unless it is in a package installed there."""


def is_recording() -> bool:
    """Whether this thread or task records: then comparisons are symbolic, and numbers are not to be looked at."""
    return bool(open_recordings) and _here.get() is not None


@contextlib.contextmanager
def recording(condition: MakesCondition) -> Iterator[None]:
    """Record what is computed in this block, also inside of a no_grad() block around it.

    condition: makes what a comparison gives, of its name and its operands.
    Raises RecordingError at its end for what was refused in it and caught there: a function that tries something else
    then would do so for every input.
    """
    here = _Recording(condition)
    mark, own = object(), list[object]()
    ending = map(open_recordings.remove, own)
    try:
        deque(map(list.append, (open_recordings, own), repeat(mark)), 0)
        with holding(_here, here), track_everything():
            yield
    except (IndexError, TypeError) as error:
        if not _NO_INDEX.search(str(error)):
            raise
        what = "a Value is used as an index while its function is recorded"
        raise refusal(what, _USE_PICK, _innermost(error)) from error
    finally:
        deque(ending, 0)  # one call into C, as above: no Ctrl-C leaves half of it
    if here.refused:
        raise here.refused[0]


@contextlib.contextmanager
def allow_reading() -> Iterator[None]:
    """Look at numbers all the same: for what only shows them."""
    with holding(_here, None):
        yield


def condition(name: str, operands: Sequence[object]) -> Value | bool:
    """What a comparison gives while a function is recorded: a 0 or 1 that the program computes for each row."""
    here = _here.get()
    assert here is not None
    return here.condition(name, operands)


def refuse_while_recording(what: str) -> None:
    """Raise RecordingError, naming the user's line, if this thread or task records. what: a key of the table above.

    A method asks ``if open_recordings`` first: a decorator around ``Value.data`` would make it three times as slow.
    """
    if is_recording():
        raise refusal(*_REFUSED[what])


def refusal(what: str, remedy: str, frame: FrameType | None = None) -> RecordingError:
    """The error for looking at a number, with the line of the user's code that did: here, or in a frame."""
    frame = frame or sys._getframe(1)
    while frame.f_back is not None and _is_inside(frame.f_code.co_filename):
        frame = frame.f_back
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = printable(linecache.getline(name, number).strip(), 200)
    error = RecordingError(
        f"{what}, so the program would replay this one answer for every input\n"
        f"  at              {printable(os.path.basename(name))}:{number}{f'   {line}' if line else ''}\n"
        f"  try             {remedy}"
    )
    here = _here.get()
    if here is not None:
        here.refused.append(error)
    return error


def _is_inside(filename: str) -> bool:
    """Whether the code is this package's, NumPy's or Python's own."""
    home = next((folder for folder in _NOT_THE_USERS if filename.startswith(folder)), None)
    if home is None:
        return filename.startswith("<frozen")
    return not any(name in filename[len(home) :] for name in _THIRD_PARTY)


_NO_INDEX = re.compile(r"indices must be integers.* not '?(Value|condition)\b|valid indices|used as indices")
"""What Python says of a Value as an index, and NumPy of anything that is none."""


def _innermost(error: BaseException) -> FrameType | None:
    """The frame that raised an error."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return None if traceback is None else traceback.tb_frame
