"""Gradients: the loss of a batch and its gradient, compiled, in shards, or eagerly; all give the same to rounding."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from autograd import Value
from autograd.core.node import write_numbers
from autograd.util.arrays import Array
from nn.optim.settings import with_gradient
from nn.running.evaluation import Data
from nn.running.row_function import Engine, Function, RowFunction, Sample, called, loss_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from autograd.compiler.program import Program  # the compiler is loaded where something is compiled
    from nn.running.shards import Sharded

__all__ = ["Gradients", "eager_sample", "sample_loss"]

_IN_PLACE = 4096
"""From so many parameters on, a gradient goes into one array that stays; below, a new one is less work."""


class Gradients:
    """The gradients of a training, by one engine.

    parameters: those that are trained, in the order of theta. engine: what is asked for; ``engine`` is then what is
    used, "eager" for a model that does not compile, with a warning that says why. shards: an executor, and in how many
    parts it computes a batch. ``reached``: which of the parameters the loss reaches, None for all of them; of a model
    that does not compile, in the batch just done.
    """

    def __init__(
        self,
        model: Function,
        loss: Function,
        data: Data,
        parameters: list[Value],
        engine: Engine,
        dtype: str,
        shards: tuple[Executor, int] | None,
    ) -> None:
        self.parameters, self.dtype = parameters, dtype
        f, eagerly = sample_loss(model, loss, data.weight is not None), functools.partial(eager_sample, model, loss)
        self._of_sample = RowFunction(f, parameters, engine, dtype=dtype, eagerly=eagerly)
        self._gradient = np.empty(len(parameters), dtype)
        self._sharded: Sharded | None = None
        self.reached: Array | None = None
        self._is_known = False  # for every batch alike
        self._record(model, data)
        self.engine: Engine = "compiled" if self._of_sample.is_compiled else "eager"
        if shards is not None and self._of_sample.is_compiled:
            from nn.running.shards import Sharded  # it loads concurrent.futures, which few trainings need

            self._sharded = Sharded(*shards, self._of_sample.program)

    def __call__(self, batch: Sequence[Array], theta: Array) -> tuple[float, Array]:
        """The mean loss of a batch, and its gradient in the parameters that are trained, whose numbers are theta."""
        if self._sharded is not None:
            loss, gradient = self._sharded.value_and_grad(batch, self._of_sample.with_others(theta))
            return loss, gradient[: len(theta)]
        if self._of_sample.is_compiled:
            return self._of_sample.value_and_grad(batch, theta, None if len(theta) < _IN_PLACE else self._gradient)
        self.write(theta)
        loss, gradient = self._of_sample.value_and_grad(batch)
        if not self._is_known:
            self.reached = with_gradient(self.parameters)
        return loss, gradient

    def mean_loss(self, batch: Sequence[Array], theta: Array) -> float:
        """The mean loss of a batch alone, as large as it may be."""
        return self._of_sample.mean(*batch, numbers=theta)

    @property
    def programs(self) -> tuple[Program, ...]:
        """What was recorded, if the engine is the compiler."""
        return self._of_sample.program.programs if self._of_sample.is_compiled else ()

    def write(self, theta: Array) -> None:
        """Give the Values their numbers."""
        write_numbers(self.parameters, theta.tolist())

    def close(self) -> None:
        """Let go of what the shards made for themselves."""
        if self._sharded is not None:
            self._sharded.close()

    def _record(self, model: Function, data: Data) -> None:
        """Record the loss of a sample; what cannot be recorded is trained eagerly, with a warning that says why.

        For the eager engine too, so that it knows which parameters any batch may reach: those of both engines.
        """
        f, is_asked = self._of_sample, self._of_sample.is_compiled
        if f.compiles(*data.arrays()):
            reached = f.program.reached[: len(self.parameters)]
            self.reached, self._is_known = None if reached.all() else reached, True
        elif is_asked:
            with autograd.no_grad():
                f.eagerly(*[x[0] for x in data.arrays()])  # what neither engine takes is an error
            f.warn_if_eager("loss" if RowFunction(model).compiles(data.X) else "model")


def sample_loss(model: Function, loss: Function, is_weighted: bool) -> Function:
    """The loss of one sample, a function of its row of each array, for the compiler."""
    if is_weighted:
        return lambda x, y, weight: weight * loss(model(x), y)
    return lambda x, y: loss(model(x), y)


def eager_sample(model: Function, loss: Function, x: Sample, y: Sample, *weight: np.generic) -> Any:
    """The loss of one sample, from its row of each array, as the eager engine computes it."""
    value = loss_of(loss, called(model, x), y)
    return weight[0].item() * value if weight else value
