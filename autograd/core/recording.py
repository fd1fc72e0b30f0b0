"""Recording for the compiler: whether it is on in this thread or task, and the error for looking at a number then."""

from __future__ import annotations

import contextlib
import linecache
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from itertools import repeat
from types import FrameType
from typing import TYPE_CHECKING, Any

from autograd.core.modes import holding, track_everything
from autograd.errors import RecordingError
from autograd.util.lazy_numpy import loaded
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
    "tables_recorded_here",
]

MakesCondition = Callable[[str, Sequence[object]], "Value | bool"]

_INSTEAD_OF_DATA = {
    r"max\(.* for ": "autograd.max(vs), softmax(vs) or logsumexp(vs) instead of max(v.data for v in vs)",
    r"max\(|min\(|math\.": (
        "autograd.maximum(v, 1e-10) instead of max(v.data, 1e-10); v.log() instead of math.log(v.data)"
    ),
    r"\bif\b|\[int\(": (
        "autograd.where(v > 0, a, b) instead of a if v.data > 0 else b; pick(xs, i) instead of xs[int(i.data)]"
    ),
    r"Value\([^,]*\)": "the Value itself instead of Value(v.data) or v.data alone, or v.detach() to stop its gradient",
    r"Value\(.*,": "@autograd.rule instead of Value(number, parents, local derivatives)",
    r"==|key=|choices\(|print|\bf[\"']": (
        "metrics= of nn.fit, or another function, to count an accuracy; checks, sampling and printing outside"
    ),
}
"""What to write instead of .data, by what the user's line has in it: the advice that fits comes first."""
_NO_INDEX = "cannot use a Value as an index while compiling"
_USE_PICK = "autograd.pick(xs, i) instead of xs[i] or xs[int(i)], where i is a Value"

_REFUSED: dict[str, tuple[str, str | Mapping[str, str]]] = {
    "backward": (
        "cannot call backward() while compiling",
        "returning the loss and calling value_and_grad of the compiled function, or autograd.grad inside it",
    ),
    "branch": (
        "cannot branch on a Value (if, while, and, or, not, min, max, sorted) while compiling",
        "autograd.where(x > 0, a, b), maximum, minimum, relu or clip; combine conditions with & and |",
    ),
    "copy": ("cannot copy a Value while compiling", "the Value itself, which no operation changes"),
    "float": (
        "cannot convert a Value to a plain number while compiling",
        "v.exp() or autograd.exp(v) instead of math.exp(v), an object array instead of one of floats",
    ),
    "index": (_NO_INDEX, _USE_PICK),
    "int": ("cannot convert a Value to a plain number while compiling", _USE_PICK),
    "read data": ("cannot read .data while compiling", _INSTEAD_OF_DATA),
    "read grad": ("cannot read .grad while compiling", "autograd.grad inside the function"),
    "read local derivatives": ("cannot read local derivatives while compiling", "autograd.grad inside the function"),
    "set data": ("cannot set .data while compiling", "a new Value, or setting it outside the function"),
}
"""The things a function may not do with a Value while it is recorded: the error's words, and the advice."""


class _Recording:
    """A recording in this thread or task: what makes its conditions, the errors raised so far, and its long tables."""

    def __init__(self, condition: MakesCondition) -> None:
        self.condition = condition
        self.refused: list[RecordingError] = []
        self.tables: dict[tuple[int, int, int], Any] = {}


# One entry for each recording that is open anywhere: while it is empty, asking costs one test of an empty list.
open_recordings: list[object] = []

# The recording that is open here; None where nothing is recorded.
_here: ContextVar[_Recording | None] = ContextVar("recording", default=None)

_ROOT = os.path.dirname(os.path.dirname(__file__))  # no pathlib: a quarter of the time of `import autograd`
_NOT_THE_USERS = (
    _ROOT,
    os.path.join(os.path.dirname(_ROOT), "nn"),
    os.path.dirname(contextlib.__file__),
)
_THIRD_PARTY = ("site-packages", "dist-packages")
"""The error shows no line from the folders in ``_NOT_THE_USERS``, unless it is in a package installed there."""


def is_recording() -> bool:
    """Whether this thread or task is recording. Comparisons are then symbolic, and numbers must not be read."""
    return bool(open_recordings) and _here.get() is not None


@contextlib.contextmanager
def recording(condition: MakesCondition) -> Iterator[None]:
    """Record all operations in this block, even if a no_grad() block is open around it.

    condition: makes the result of a comparison from its name and operands.

    Raises the first RecordingError again at the end, if the function caught it: the alternative that it took would be
    recorded for every input.
    """
    here = _Recording(condition)
    mark, own = object(), list[object]()
    ending = map(open_recordings.remove, own)
    try:
        deque(map(list.append, (open_recordings, own), repeat(mark)), 0)
        with holding(_here, here), track_everything():
            yield
    except (IndexError, TypeError) as error:
        if not _WRONG_INDEX.search(str(error)):
            raise
        raise refusal(_NO_INDEX, _USE_PICK, _innermost(error)) from error
    finally:
        deque(ending, 0)  # one call into C, as above: no Ctrl-C leaves half of it
    if here.refused:
        raise here.refused[0]


@contextlib.contextmanager
def allow_reading() -> Iterator[None]:
    """Allow numbers to be read inside this block, by code that only displays them."""
    with holding(_here, None):
        yield


def condition(name: str, operands: Sequence[object]) -> Value | bool:
    """Make the result of a comparison in a recorded function: a 0 or 1 that the program computes for each row."""
    here = _here.get()
    assert here is not None
    return here.condition(name, operands)


def tables_recorded_here() -> dict[tuple[int, int, int], Any]:
    """Return the nodes of long tables that this recording has made so far, by a key of ``core/picking.py``."""
    here = _here.get()
    assert here is not None
    return here.tables


def refuse_while_recording(what: str) -> None:
    """Raise RecordingError, naming the user's line, if this thread or task is recording.

    Methods check ``if open_recordings`` first, because a decorator would make ``Value.data`` three times as slow.

    what: a key of the table ``_REFUSED``.
    """
    if is_recording():
        raise refusal(*_REFUSED[what])


def refusal(what: str, remedy: str | Mapping[str, str], frame: FrameType | None = None) -> RecordingError:
    """Return the error for looking at a number. It shows the user's line, found from here or from a given frame.

    what: the start of the message.
    remedy: what to write instead; or several remedies, each with a pattern of the lines where it helps.
    frame: the frame that looked at the number.
    """
    frame = frame or sys._getframe(1)
    while frame.f_back is not None and _is_inside(frame.f_code.co_filename):
        frame = frame.f_back
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = printable(linecache.getline(name, number).strip(), 200)
    if not isinstance(remedy, str):
        fitting = sorted(remedy, key=lambda pattern: not re.search(pattern, line))
        remedy = ("\n" + 18 * " ").join(remedy[pattern] for pattern in fitting)
    error = RecordingError(
        f"{what}: the program would reuse this one result for every input\n"
        f"  at              {printable(os.path.basename(name))}:{number}{f'   {line}' if line else ''}\n"
        f"  try             {remedy}"
    )
    here = _here.get()
    if here is not None:
        here.refused.append(error)
    return error


def _is_inside(filename: str) -> bool:
    """Whether code in this file belongs to this package, NumPy or Python itself."""
    numpy = getattr(loaded(), "__file__", None)
    if numpy and filename.startswith(os.path.dirname(numpy) + os.sep):
        return True
    home = next((folder for folder in _NOT_THE_USERS if filename.startswith(folder)), None)
    if home is None:
        return filename.startswith("<frozen")
    return not any(name in filename[len(home) :] for name in _THIRD_PARTY)


_WRONG_INDEX = re.compile(r"indices must be integers.* not '?(Value|condition)\b|valid indices|used as indices")
"""The messages of Python and NumPy about a Value that is used as an index."""


def _innermost(error: BaseException) -> FrameType | None:
    """Return the frame that raised an error."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return None if traceback is None else traceback.tb_frame
