"""What layers take: inputs, widths, seeds and initialisations, checked."""

from __future__ import annotations

import numbers
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypeGuard

from autograd import Value
from autograd.core.number_kinds import whole
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import a_kind_of, printable
from autograd.util.suggestions import lookup_error
from nn.init import INITS, Generator, Initialisation, suited_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Activation",
    "Init",
    "Inputs",
    "drawn",
    "generator",
    "initialisation",
    "inputs_of",
    "is_rows",
    "row_of",
    "rows_given",
    "rows_of",
    "seeds_of",
    "sizes_in_file",
    "width",
]

Activation = str | Callable[[Value], Value] | None
Init = str | Initialisation
Inputs: TypeAlias = "Sequence[Any] | NDArray[Any] | Value | float"


def inputs_of(x: Inputs, nin: int, taker: str) -> Any:
    """Return the inputs as a sequence: a single input may be bare, and an array is unpacked once.

    Raises ValueError for the wrong number of inputs, for several rows, and for the pair that a recurrent layer returns.
    """
    axes = 1
    if type(x) is not list:
        if isinstance(x, tuple) and len(x) == 2 and is_rows(x[0]):
            raise ValueError(f"this {taker} takes {nin} inputs, not {_pair(x)}")
        axes = getattr(x, "ndim", 1)
        if is_array(x):
            x = plain_array(x, "the input").tolist()
        if isinstance(x, (Value, int, float)) or not axes:
            x = [x]
    if len(x) != nin or axes > 1:
        given = rows_given(x)
        advice = f"\n  try             {_FOR_ROWS}" if given else ""
        if given and len(x) == 1 and len(x[0]) == nin:
            advice = "\n  try             the row itself, xs[0]; of a recurrent layer's state its last layer, state[-1]"
        raise ValueError(f"this {taker} takes {nin} inputs, not {given or len(x)}{advice}")
    return x


_FOR_ROWS = "[model(x) for x in xs] for a batch, [layer(x) for x in xs] for the steps of a sequence"


def rows_given(x: Any) -> str:
    """Describe rows in an error: "3 rows of 6", or "3 rows" if they differ or have rows themselves; else nothing."""
    lengths = {_length(row) for row in x}
    if not len(x) or min(lengths) < 0:
        return ""
    is_flat = len(lengths) == 1 and len(x[0]) and _length(x[0][0]) < 0
    return f"{len(x)} row{'s' * (len(x) > 1)}{f' of {lengths.pop()}' if is_flat else ''}"


def _length(row: Any) -> int:
    """The length of a list, tuple or array, of whatever library; -1 for anything else."""
    is_row = hasattr(row, "__len__") and not isinstance(row, (str, bytes, dict)) and getattr(row, "ndim", None) != 0
    return len(row) if is_row else -1


def _pair(pair: tuple[Any, Any]) -> str:
    """Describe what a recurrent layer returns, or the state of an LSTM, and say what to take of it."""
    first, second = pair
    is_state = len(first) == len(second) and is_rows(second) and not is_rows(second[0])
    if is_state and first[-1][0] is not second[-1][0]:  # else the last output, which is a GRU's state, too
        return "the state (h, c) of an LSTM\n  try             h[-1], the last layer's"
    return (
        "a pair (outputs, state) of a recurrent layer\n"
        "  try             outputs[-1], the last step's: nn.Sequential(lstm, lambda pair: pair[0][-1], linear)\n"
        "  each step       [linear(output) for output in outputs], in the forward of a Module of your own"
    )


def is_rows(x: object) -> TypeGuard[Sequence[Any]]:
    """Whether x is a sequence of rows, not one row."""
    return getattr(x, "ndim", 1) > 1 if is_array(x) else _is_row(x) and len(x) > 0 and _is_row(x[0])


def _is_row(x: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(x, (list, tuple)) or is_array(x)


def rows_of(x: Sequence[Inputs] | NDArray[Any], n: int, taker: str) -> list[Any]:
    """Return a sequence of rows of n inputs each as a list of them.

    taker: the module's class, for the error. Raises ValueError for a single row, no row, and a row of another length.
    """
    if not is_rows(x):
        what = "no row" if _is_row(x) and not len(x) else "a single row" if _is_row(x) else a_kind_of(x)
        raise ValueError(f"{taker} takes a sequence of rows, (positions, {n}), not {what}")
    return [inputs_of(row, n, taker) for row in x]


def row_of(output: Any) -> list[Any]:
    """Return a layer's outputs as a list: that of a single neuron is bare."""
    return output if isinstance(output, list) else [output]


def width(n: object, name: str = "a layer's width") -> int:
    """Return a width as an int; TypeError if it is not one, and ValueError if it is below 1.

    name: what an error calls it.
    """
    width = whole(n)
    if width is None:
        raise TypeError(f"{name} must be an int, not {a_kind_of(n)}")
    if width < 1:
        raise ValueError(f"{name} must be 1 or more, not {n}")
    return width


def sizes_in_file(*sizes: object) -> list[int]:
    """Return sizes that a file gives; ValueError unless each is a whole number from 1."""
    plain = [size for size in sizes if type(size) is int and size > 0]
    if len(plain) < len(sizes):
        raise ValueError(f"its widths are {printable(repr(list(sizes)))}")
    return plain


def generator(seed: SupportsIndex | str | float | None) -> Generator:
    """Return a generator of random numbers: Python's own where there is no seed, so that ``random.seed`` sets it."""
    if seed is None:
        return random
    number = whole(seed)  # NumPy's ints, too
    return random.Random(seed if number is None else number)  # type: ignore[arg-type]  # it refuses other types


def seeds_of(seed: int | None, count: int) -> list[int | None]:
    """Return a seed for each of a layer's parts, or None for each if there is no seed."""
    if seed is None:
        return [None] * count
    source: Any = generator(seed)
    return [source.getrandbits(64) for _ in range(count)]


def initialisation(init: Init | None, activation: Activation) -> Initialisation:
    """Return the initialisation of this name, or the one that suits the activation; ValueError for an unknown name."""
    if init is None:
        return suited_to(activation)
    if callable(init):
        return init
    if not isinstance(init, str) or init not in INITS:
        raise ValueError(lookup_error("init", init, INITS, "pass a function (nin, nout, generator) -> number"))
    return INITS[init]


def drawn(draw: Initialisation, nin: int, nout: int, source: Generator) -> float:
    """Draw one number; TypeError if the initialisation returns anything else."""
    number = draw(nin, nout, source)
    if not isinstance(number, numbers.Real):
        raise TypeError(f"an init must return one number, not {a_kind_of(number)}")
    return float(number)
