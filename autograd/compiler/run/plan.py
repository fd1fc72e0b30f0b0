"""What the runner asks of a program that is bound to memory, whichever of the three ways it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from autograd.util.arrays import Array

__all__ = ["BoundCall", "BoundCalls", "Plan", "is_finite"]

BoundCall = Callable[[], object]
"""A NumPy call bound to its arrays, or several."""


class Plan(Protocol):
    """A program bound to memory for a batch of so many rows: ``ArrayPlan``, ``RowPlan`` or ``ScalarPlan``."""

    gradient: Array
    """The mean's, in the parameters of the program; empty where it is not wanted."""
    scale: float
    """What the total is multiplied with to be the mean."""

    def run(self, inputs: Sequence[Array]) -> None:
        """Compute all that is wanted. inputs: of each argument (rows, a sample's shape …)."""

    @property
    def total(self) -> Callable[[], float]:
        """Gives the sum of the first output over the rows, or that output where it has no rows."""

    @property
    def result(self) -> Array:
        """The outputs: (outputs, rows), or (outputs,) where they have no rows."""

    @property
    def input_gradients(self) -> list[Array]:
        """Of each argument (rows, a sample's shape …), where they are wanted."""

    def gradient_is_finite(self) -> bool:
        """Whether the gradient is finite for sure."""


class BoundCalls:
    """A plan that is a list of calls: after the inputs have been copied into place, each is made once."""

    inputs: list[Array]
    calls: list[BoundCall]

    def run(self, inputs: Sequence[Array]) -> None:
        """Copy the inputs, each (rows, a sample's shape …), into place and make every call."""
        for array, given in zip(self.inputs, inputs, strict=True):
            array[...] = given
        for call in self.calls:
            call()


def is_finite(gradient: Array) -> bool:
    """Whether the sum of the squares is finite: then every number is."""
    return math.isfinite(gradient.dot(gradient))
