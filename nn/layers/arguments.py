"""What layers take: inputs, widths, seeds and initialisations, checked."""

from __future__ import annotations

import numbers
import random
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex, TypeGuard

import numpy as np
from numpy.typing import NDArray

from autograd import Value
from autograd.core.number_kinds import whole
from autograd.util.arrays import plain_array
from autograd.util.printable import a_kind_of, printable
from autograd.util.suggestions import lookup_error
from nn.init import INITS, Generator, Initialisation, suited_to

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
    "rows_of",
    "seeds_of",
    "sizes_in_file",
    "width",
]

Activation = str | Callable[[Value], Value] | None
Init = str | Initialisation
Inputs = Sequence[Any] | NDArray[Any] | Value | float


def inputs_of(x: Inputs, nin: int, taker: str) -> Any:
    """Return the inputs as a sequence: a single input may be bare, and an array is unpacked once.

    Raises ValueError for the wrong number of inputs, for an array of several samples, and for the pair that a recurrent
    layer returns.
    """
    axes = 1
    if type(x) is not list:
        if isinstance(x, tuple) and len(x) == 2 and is_rows(x[0]):
            raise ValueError(
                f"this {taker} takes {nin} inputs, not a pair (outputs, state) of a recurrent layer\n"
                "  try             outputs[-1], the last step's: nn.Sequential(lstm, lambda pair: pair[0][-1], linear)"
            )
        axes = getattr(x, "ndim", 1)
        if isinstance(x, np.ndarray):
            x = plain_array(x, "the input").tolist()
        if isinstance(x, (Value, int, float)) or not axes:
            x = [x]
    if len(x) != nin or axes > 1:
        is_batch = len(x) > 0 and hasattr(x[0], "__len__")
        advice = "; pass a batch one sample at a time: [model(x) for x in xs]" if is_batch else ""
        raise ValueError(f"this {taker} takes {nin} inputs, not {len(x)}{' rows' * (len(x) == nin)}{advice}")
    return x


def is_rows(x: object) -> TypeGuard[Sequence[Any]]:
    """Whether x is a sequence of rows, not one row."""
    return getattr(x, "ndim", 1) > 1 if isinstance(x, np.ndarray) else _is_row(x) and len(x) > 0 and _is_row(x[0])


def _is_row(x: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(x, (list, tuple, np.ndarray))


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
