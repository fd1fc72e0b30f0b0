"""Plans: a program bound to memory, with one interface for the three ways to run it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from autograd.util.arrays import Array

__all__ = ["BoundCall", "BoundCalls", "Plan", "is_finite"]

BoundCall = Callable[[], object]
"""One or more NumPy calls, bound to their arrays."""


class Plan(Protocol):
    """A program bound to memory for a given batch size: ``ArrayPlan``, ``RowPlan`` or ``ScalarPlan``."""

    gradient: Array
    """The mean's gradient in the program's parameters; empty if it is not wanted."""
    scale: float
    """The factor from the total to the mean."""

    def run(self, inputs: Sequence[Array]) -> None:
        """Compute everything that is wanted. inputs: an array (rows, a sample's shape …) for each argument."""

    @property
    def total(self) -> Callable[[], float]:
        """A function that returns the first output's sum over the rows, or that output if it has no rows."""

    @property
    def result(self) -> Array:
        """The outputs, as an array (outputs, rows), or (outputs,) if they have no rows."""

    @property
    def input_gradients(self) -> list[Array]:
        """The gradient in each argument, as an array (rows, a sample's shape …), if it is wanted."""

    def gradient_is_finite(self) -> bool:
        """Whether the gradient is finite for sure."""


class BoundCalls:
    """A plan that is a list of calls. It copies the inputs into place and then makes each call once."""

    inputs: list[Array]
    calls: list[BoundCall]

    def run(self, inputs: Sequence[Array]) -> None:
        """Copy the inputs, each (rows, a sample's shape …), into place and make every call."""
        for array, given in zip(self.inputs, inputs, strict=True):
            array[...] = given
        for call in self.calls:
            call()


def is_finite(gradient: Array) -> bool:
    """Whether the sum of squares is finite, so that every number is."""
    return math.isfinite(gradient.dot(gradient))
