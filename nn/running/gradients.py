"""Gradients: the loss of a batch and its gradient, compiled, in shards, or eagerly; all give the same to rounding."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.core.modes import track_everything
from autograd.core.node import write_numbers
from autograd.value import number_of
from nn.optim.settings import with_gradient
from nn.running.evaluation import Array, Data, Engine, called, known_engine, loss_of, refusal, warn_eager

__all__ = ["Gradients", "eager_sample"]

_IN_PLACE = 4096
"""From so many parameters on, a gradient goes into one array that stays; below, a new one is less work."""


class Gradients:
    """The gradients of a training, by one engine.

    parameters: those, in the order of theta. engine: what is asked for; ``engine`` is then what is used, "eager" for a
    model that does not compile, with a warning that says why. executor, shards: as for ``fit``. ``reached``: which of
    the parameters the loss reaches, None for all of them; of a model that does not compile, in the batch just done.
    """

    def __init__(
        self,
        model: Any,
        loss: Callable[..., Any],
        data: Data,
        parameters: list[Value],
        engine: Engine,
        dtype: str,
        executor: Any,
        shards: int,
    ) -> None:
        known_engine(engine)
        self.parameters, self.engine, self.dtype = parameters, engine, dtype
        self._gradient = np.empty(len(parameters), dtype)
        self._sharded: Any = None
        self._program: Any = None
        self._model, self._loss = model, loss
        self._of_row = functools.partial(eager_sample, model, loss)
        self.reached: Array | None = None
        self._is_known = False  # for every batch alike
        self._record(data, executor, shards)

    def __call__(self, batch: Sequence[Array], theta: Array) -> tuple[float, Array]:
        """The mean loss of a batch, and its gradient in the parameters that are trained, whose numbers are theta."""
        if self.engine == "eager":
            return self._eager(batch, theta)
        return self._compiled(batch, theta) if self._sharded is None else self._in_shards(batch, theta)

    def mean_loss(self, batch: Sequence[Array], theta: Array) -> float:
        """The mean loss of a batch alone, as large as it may be."""
        if self.engine == "compiled":
            return float(np.mean(self._program(*batch, parameters=self._with_others(theta))))
        self.write(theta)
        with autograd.no_grad():
            return float(np.mean([number_of(self._of_row(*row)) for row in zip(*batch, strict=True)]))

    @property
    def programs(self) -> tuple[Any, ...]:
        """What was recorded, if the engine is the compiler."""
        return self._program.programs if self.engine == "compiled" else ()

    def write(self, theta: Array) -> None:
        """Give the Values their numbers."""
        write_numbers(self.parameters, theta.tolist())

    def close(self) -> None:
        """Let go of what the shards made for themselves."""
        if self._sharded is not None:
            self._sharded.close()

    # ── the engines ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _record(self, data: Data, executor: Any, shards: int) -> None:
        """Record the loss of a sample; what cannot be recorded is trained eagerly, with a warning that says why.

        For the eager engine too, so that it knows which parameters any batch may reach: those of both engines.
        """
        f, is_eager = _of_sample(self._model, self._loss, data.weight is not None), self.engine == "eager"
        passes = {"passes": ()} if is_eager else {}
        self._program = autograd.compile(f, dtype=self.dtype, parameters=self.parameters, **passes)
        refused = refusal(self._program, *data.arrays())
        if refused is None:
            reached = self._program.reached[: len(self.parameters)]
            self.reached, self._is_known = None if reached.all() else reached, True
        if is_eager:
            return
        if refused is not None:
            with autograd.no_grad():
                self._of_row(*[x[0] for x in data.arrays()])  # what neither engine takes is an error
            warn_eager("model" if refusal(autograd.compile(self._model), data.X) else "loss", refused)
            self.engine = "eager"
        elif executor is not None:
            from nn.running.shards import Sharded  # it loads concurrent.futures, which few trainings need

            self._sharded = Sharded(executor, shards, self._program)

    def _compiled(self, batch: Sequence[Array], theta: Array) -> tuple[float, Array]:
        size = len(theta)
        if size < len(self._program.parameters):
            loss, gradient = self._program.value_and_grad(*batch, parameters=self._with_others(theta))
            return loss, gradient[:size]
        out = None if size < _IN_PLACE else self._gradient
        return self._program.value_and_grad(*batch, parameters=theta, out=out)  # type: ignore[no-any-return]

    def _in_shards(self, batch: Sequence[Array], theta: Array) -> tuple[float, Array]:
        loss, gradient = self._sharded.value_and_grad(batch, self._with_others(theta))
        return loss, gradient[: len(theta)]

    def _with_others(self, theta: Array) -> Array:
        """The parameters that are trained, and those of the model that are not."""
        others = [x.data for x in self._program.parameters[len(theta) :]]
        return np.concatenate([theta, np.array(others, self.dtype)])

    def _eager(self, batch: Sequence[Array], theta: Array) -> tuple[float, Array]:
        self.write(theta)
        for parameter in self.parameters:
            parameter.grad = None
        with track_everything():  # as the compiler does, in a no_grad() block too
            total = autograd.mean([self._of_row(*row) for row in zip(*batch, strict=True)])
        total.backward()
        if not self._is_known:
            self.reached = with_gradient(self.parameters)
        return float(total.data), np.array([x.grad for x in self.parameters], self.dtype)


def eager_sample(model: Any, loss: Callable[..., Any], x: Any, y: Any, *weight: Any) -> Any:
    """The loss of one sample, from a row of each array, as the eager engine computes it."""
    found = loss_of(loss, called(model, x), y)
    return weight[0].item() * found if weight else found


def _of_sample(model: Any, loss: Callable[..., Any], weighted: bool) -> Callable[..., Any]:
    if weighted:
        return lambda x, y, weight: weight * loss(model(x), y)
    return lambda x, y: loss(model(x), y)
