"""The parameters of a compiled function: their order, their numbers, their gradients and their names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from autograd.compiler.inspection import closed_over
from autograd.core.graph import one_walk_at_a_time
from autograd.core.node import grads_set, unset_since, write_numbers
from autograd.core.recording import is_recording, refusal
from autograd.util.arrays import Array, plain_array
from autograd.util.printable import kind_of, printable
from autograd.value import Value

__all__ = ["Parameters"]


class Parameters:
    """Values that were not computed, each once, in the order of the gradient. A recording may add some at the end."""

    def __init__(self, values: Iterable[Value], dtype: np.dtype[np.floating]) -> None:
        if not hasattr(values, "__iter__"):
            raise TypeError(f"parameters are a list of Values, as model.parameters(), not a {kind_of(values)}")
        self.dtype = dtype
        self.index: dict[Value, int] = {x: i for i, x in enumerate(dict.fromkeys(values))}
        for parameter in self.index:
            if not isinstance(parameter, Value) or parameter._parent is not None or parameter.is_constant:
                raise TypeError(f"a parameter is a Value that was not computed, not {parameter!r}")
        self._listed: tuple[Value, ...] = ()
        self._read: tuple[object, Array] = None, np.empty(0, dtype)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def values(self) -> tuple[Value, ...]:
        """The Values."""
        if len(self._listed) != len(self.index):
            self._listed = tuple(self.index)
        return self._listed

    def positions(self, values: Iterable[Value]) -> Array:
        """Where these are in the order; those that were not there yet are added."""
        return np.array([self.index.setdefault(x, len(self.index)) for x in values], np.int64)

    # ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def numbers(self) -> Array:
        """Their numbers, only to be read: read from the Values again where one has been set since."""
        mark, numbers = self._read
        listed = self.values
        if len(numbers) == len(listed) and mark is not None and unset_since.get(None) is mark:
            return numbers
        mark = unset_since.setdefault(None, object())  # before they are read: a number set meanwhile takes it away
        with np.errstate(over="ignore"):
            numbers = np.fromiter((x._datum for x in listed), float, len(listed)).astype(self.dtype, copy=False)
        self._read = mark, numbers
        return numbers

    def given(self, numbers: object) -> Array:
        """Their numbers as an argument gives them; where it is None, those of the Values."""
        if numbers is None:
            return self.numbers()[:]  # a view of its own: an array that comes again would be planned for
        array = plain_array(numbers, "parameters")
        if array.shape != (len(self.index),) or array.dtype.char not in "dfeghilqBHILQb":
            raise ValueError(
                f"parameters are an array of {len(self.index)} numbers, as program.read() gives, "
                f"not {array.dtype} of shape {array.shape}"
            )
        return array

    def write(self, numbers: object) -> None:
        """Set their numbers. Raises ValueError, and changes none, for an array of another length."""
        if is_recording():
            raise refusal("parameters are written while a function is recorded", "writing them outside")
        array = plain_array(numbers, "what write takes")
        if array.dtype.kind not in "fiub":
            raise TypeError(f"write takes numbers, not an array of {array.dtype}")
        if array.shape != (len(self.index),):
            raise ValueError(f"there are {len(self.index)} parameters, and numbers of shape {array.shape}")
        write_numbers(self.values, array.astype(float).tolist())

    def add_to_grads(self, positions: Array, gradient: Array) -> None:
        """Add the gradient at these positions to the ``grad`` of the Values there."""
        with one_walk_at_a_time:
            reached = [self.values[i] for i in positions.tolist()]
            grads = [x.grad + number for x, number in zip(reached, gradient[positions].tolist(), strict=True)]
            deque(grads_set(reached, grads), 0)  # one call into C: all or, on Ctrl-C, none

    # ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def labels(self, positions: Array) -> list[str]:
        """The labels of the Values at these positions."""
        values = list(self.index)
        return [printable(values[i].label) for i in positions.tolist()]

    def names(self, f: object) -> Array:
        """A name for each parameter: its label, or the path to it from an object that f closes over."""
        paths: dict[Value, str] = {}
        for name, thing in closed_over(f):
            for path, value in [] if isinstance(thing, type) else getattr(thing, "named_parameters", list)():
                paths.setdefault(value, f"{name}.{path}" if name else path)
        names = [printable(x.label) or printable(paths.get(x, f"p[{i}]"), 200) for x, i in self.index.items()]
        return np.array(names, object)
