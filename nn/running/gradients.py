"""Gradients: a batch's loss and gradient, compiled, in shards or eagerly. All agree up to rounding."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from autograd import Value
from autograd.core.node import write_numbers
from autograd.util.arrays import Array
from nn.modes import Trained
from nn.optim.settings import with_gradient
from nn.running.data import Data
from nn.running.row_function import Engine, Function, RowFunction, Sample, called, loss_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from autograd.compiler.program import Program  # the compiler is only loaded when needed
    from nn.running.shards import Sharded

__all__ = ["Gradients", "eager_sample", "sample_loss"]

_IN_PLACE = 4096
"""With this many parameters or more, gradients reuse one array; below, a new array is faster."""


class Gradients:
    """A training's gradients, computed by one engine.

    parameters: the trained parameters, in the order of theta.
    engine: the engine asked for. The attribute ``engine`` is the one used: "eager" for a model that does not compile,
    with a warning that says why.
    shards: an executor, and the number of parts that it computes a batch in.

    The attribute ``reached`` says which parameters the loss reaches (None: all of them); for a model that does not
    compile, it refers to the last batch.
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
        self._trained = Trained(model)
        self._of_sample = self._function(self._trained, loss, data, engine)
        self._gradient = np.empty(len(parameters), dtype)
        self._sharded: Sharded | None = None
        self.reached: Array | None = None
        self._is_known = False  # for every batch alike
        self._record(model, loss, data)
        self._measured = self._of_sample
        if self._trained.depends_on_mode:
            self._measured = self._function(model, loss, data, engine)
        self.engine: Engine = "compiled" if self._of_sample.is_compiled else "eager"
        if shards is not None and self._of_sample.is_compiled:
            from nn.running.shards import Sharded  # it loads concurrent.futures, which few trainings need

            self._sharded = Sharded(*shards, self._of_sample.program)

    def __call__(self, batch: Sequence[Array], theta: Array, seeds: Sequence[int]) -> tuple[float, Array]:
        """Compute a batch's mean loss, and its gradient with respect to theta, the trained parameters' numbers.

        seeds: the training's seed, the epoch and the step, which alone decide what Dropouts drop.
        """
        if self._trained.calls:
            batch = [*batch, self._trained.masks(len(batch[0]), seeds, self.dtype)]
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
        """Compute only the mean loss of a batch, which may be large."""
        return self._measured.mean(*batch, numbers=theta)

    @property
    def drops(self) -> bool:
        """Whether the model has Dropouts, whose masks depend on the training's seed."""
        return bool(self._trained.calls)

    @property
    def programs(self) -> tuple[Program, ...]:
        """The recorded programs; empty for the eager engine."""
        return self._of_sample.program.programs if self._of_sample.is_compiled else ()

    def write(self, theta: Array) -> None:
        """Set the parameters' numbers to theta."""
        write_numbers(self.parameters, theta.tolist())

    def close(self) -> None:
        """Close the executor that the shards created, if any."""
        if self._sharded is not None:
            self._sharded.close()

    def _function(self, model: Function, loss: Function, data: Data, engine: Engine) -> RowFunction:
        """Return the loss of a sample as a function of its row of each array."""
        f, eagerly = sample_loss(model, loss, data.weight is not None), functools.partial(eager_sample, model, loss)
        return RowFunction(f, self.parameters, engine, dtype=self.dtype, eagerly=eagerly)

    def _masked(self, loss: Function, is_weighted: bool, engine: Engine) -> RowFunction:
        """Return the loss of a sample as a function of its row of each array, the last of which are masks."""
        trained = self._trained

        def eagerly(x: Sample, y: Sample, *others: Any) -> Any:
            *weight, mask = others
            return eager_sample(functools.partial(trained, mask=mask.tolist()), loss, x, y, *weight)

        f: Function = lambda x, y, mask: loss(trained(x, mask), y)  # noqa: E731  its names are those of the inputs
        if is_weighted:
            f = lambda x, y, weight, mask: weight * loss(trained(x, mask), y)  # noqa: E731
        return RowFunction(f, self.parameters, engine, dtype=self.dtype, eagerly=eagerly)

    def _record(self, model: Function, loss: Function, data: Data) -> None:
        """Record the loss of a sample. If that fails, train eagerly, with a warning that says why.

        The eager engine records it too, so that both engines agree on which parameters any batch may reach. A model
        with Dropouts is not recorded without masks: the first sample counts them.
        """
        engine: Engine = "compiled" if self._of_sample.is_compiled else "eager"
        arrays = data.arrays()
        is_recorded = self._of_sample.compiles(*arrays)
        if not is_recorded:
            with autograd.no_grad():
                self._of_sample.eagerly(*[x[0] for x in arrays])  # what neither engine takes is an error
        if not is_recorded and self.drops:
            self._of_sample = self._masked(loss, data.weight is not None, engine)
            is_recorded = self._of_sample.compiles(*arrays, self._trained.masks(1, (0, 0, 0), self.dtype))
        if is_recorded:
            reached = self._of_sample.program.reached[: len(self.parameters)]
            self.reached, self._is_known = None if reached.all() else reached, True
        elif engine == "compiled":
            self._of_sample.warn_if_eager("loss" if RowFunction(model).compiles(data.X) else "model")


def sample_loss(model: Function, loss: Function, is_weighted: bool) -> Function:
    """Return the loss of one sample, as a function of its row of each array, for the compiler."""
    if is_weighted:
        return lambda x, y, weight: weight * loss(model(x), y)
    return lambda x, y: loss(model(x), y)


def eager_sample(model: Function, loss: Function, x: Sample, y: Sample, *weight: np.generic) -> Any:
    """Compute the loss of one sample from its row of each array, for the eager engine."""
    value = loss_of(loss, called(model, x), y)
    return weight[0].item() * value if weight else value
