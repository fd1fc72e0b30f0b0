"""A compiled function's parameters: their order, numbers, gradients and names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from autograd.compiler.inspection import closed_over
from autograd.core.graph import one_walk_at_a_time
from autograd.core.node import grads_set, leaves_in, unset_since, write_numbers
from autograd.core.recording import is_recording, refusal
from autograd.util.arrays import Array, plain_array
from autograd.util.printable import a_kind_of, printable
from autograd.value import Value

__all__ = ["Parameters"]


class Parameters:
    """A compiled function's leaves, each once, in the order of the gradient. A recording may add some at the end."""

    def __init__(self, values: Iterable[Value], dtype: np.dtype[np.floating]) -> None:
        if not hasattr(values, "__iter__"):
            raise TypeError(
                f"parameters must be a list of Values, not {a_kind_of(values)}\n"
                "  try             parameters=model.parameters()"
            )
        self.dtype = dtype
        self.index: dict[Value, int] = {x: i for i, x in enumerate(dict.fromkeys(leaves_in(values)))}
        self._listed: tuple[Value, ...] = ()
        self._earlier_sizes: set[int] = set()
        self._read: tuple[object, Array] = None, np.empty(0, dtype)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def values(self) -> tuple[Value, ...]:
        """The parameters, in order."""
        if len(self._listed) != len(self.index):
            self._listed = tuple(self.index)
        return self._listed

    def positions(self, values: Iterable[Value]) -> Array:
        """Return these Values' positions in the order. New Values are added at the end."""
        before = len(self.index)
        positions = np.array([self.index.setdefault(x, len(self.index)) for x in values], np.int64)
        if len(self.index) > before:
            self._earlier_sizes.add(before)
        return positions

    # ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def numbers(self) -> Array:
        """Return the parameters' numbers, read-only. They are read again if any Value was set since."""
        mark, numbers = self._read
        listed = self.values
        if len(numbers) == len(listed) and mark is not None and unset_since.get(None) is mark:
            return numbers
        mark = unset_since.setdefault(None, object())  # set before reading: setting a number meanwhile removes it
        with np.errstate(over="ignore"):
            numbers = np.fromiter((x._datum for x in listed), float, len(listed)).astype(self.dtype, copy=False)
        self._read = mark, numbers
        return numbers

    def given(self, numbers: object) -> Array:
        """Return the numbers given as an argument; if it is None, those of the Values."""
        if numbers is None:
            return self.numbers()[:]  # a new view: for the same array again, a plan of its own would be made
        array = plain_array(numbers, "parameters")
        if array.shape != (len(self.index),) or array.dtype.char not in "dfeghilqBHILQb":
            raise ValueError(
                f"parameters must be an array of {len(self.index)} numbers, as program.read() returns, "
                f"not {array.dtype} of shape {array.shape}{self._why_more(array)}"
            )
        return array

    def _why_more(self, array: Array) -> str:
        """Say why there are more parameters than numbers, if there were as many before a recording."""
        if array.ndim != 1 or len(array) not in self._earlier_sizes:
            return ""
        return (
            f": the last {len(self.index) - len(array)} were found by a later recording, such as of a longer document\n"
            "  try             autograd.compile(f, parameters=params), with all parameters in a list: their number and "
            "order then stay"
        )

    def write(self, numbers: object) -> None:
        """Set the parameters' numbers. For an array of another length, raise ValueError and change nothing."""
        if is_recording():
            raise refusal("cannot write parameters while compiling", "writing them outside the function")
        array = plain_array(numbers, "the argument of write")
        if array.dtype.kind not in "fiub":
            raise TypeError(f"write takes an array of numbers, not of {array.dtype}")
        if array.shape != (len(self.index),):
            raise ValueError(
                f"write takes {len(self.index)} numbers, one per parameter, "
                f"not shape {array.shape}{self._why_more(array)}"
            )
        write_numbers(self.values, array.astype(float).tolist())

    def add_to_grads(self, positions: Array, gradient: Array) -> None:
        """Add the gradient at these positions to the ``grad`` of the Values there."""
        with one_walk_at_a_time:
            reached = [self.values[i] for i in positions.tolist()]
            grads = [x.grad + number for x, number in zip(reached, gradient[positions].tolist(), strict=True)]
            deque(grads_set(reached, grads), 0)  # one call into C: all or, on Ctrl-C, none

    # ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def labels(self, positions: Array) -> list[str]:
        """Return the labels of the Values at these positions."""
        values = list(self.index)
        return [printable(values[i].label) for i in positions.tolist()]

    def names(self, f: object) -> Array:
        """Return a name for each parameter: its label, or its path from an object that f closes over."""
        paths: dict[Value, str] = {}
        for name, thing in closed_over(f):
            for path, value in [] if isinstance(thing, type) else getattr(thing, "named_parameters", list)():
                paths.setdefault(value, f"{name}.{path}" if name else path)
        names = [printable(x.label) or printable(paths.get(x, f"p[{i}]"), 200) for x, i in self.index.items()]
        return np.array(names, object)
