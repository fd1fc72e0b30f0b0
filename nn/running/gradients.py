"""Gradients: a batch's loss and gradient, compiled, in shards or eagerly. All agree up to rounding."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Value
from autograd.core.node import write_numbers
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from autograd.util.printable import kind_of
from nn.modes import Trained, predicting
from nn.optim.settings import with_gradient
from nn.running.data import Data, cut
from nn.running.outputs import is_padded
from nn.running.row_function import Engine, Function, RowFunction, Sample, called, loss_of, plain

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from autograd.compiler.program import Program  # the compiler is only loaded when needed
    from nn.running.shards import Sharded

__all__ = ["Gradients", "GradientsByLength", "eager_sample", "gradients_of", "sample_loss"]

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
        self.is_known = False  # whether that is so for every batch
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
        if not self.is_known:
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

    def arrays(self, data: Data) -> list[Array]:
        """Return the arrays that a batch has rows of."""
        return data.arrays()

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
            self.reached, self.is_known = None if reached.all() else reached, True
        elif engine == "compiled":
            self._of_sample.warn_if_eager("loss" if RowFunction(model).compiles(data.X) else "model")


class GradientsByLength:
    """The gradients of sequences of different lengths, with the attributes of ``Gradients``, and its numbers.

    of: the gradients for each length. Each has programs of its own, or the eager engine serves them all.
    has_target_each: whether a sequence has a target for each of its numbers.

    A batch has weights and, as one more array, the lengths.
    """

    def __init__(self, of: Mapping[int, Gradients], has_target_each: bool) -> None:
        self._of, self._has_target_each = of, has_target_each
        self._distinct = list(dict.fromkeys(of.values()))
        self.engine: Engine = "eager" if any(x.engine == "eager" for x in self._distinct) else "compiled"
        self.reached = _together(x.reached for x in self._distinct)

    def __call__(self, batch: Sequence[Array], theta: Array, seeds: Sequence[int]) -> tuple[float, Array]:
        """Compute a batch's mean loss, and its gradient with respect to theta, the trained parameters' numbers.

        seeds: the training's seed, the epoch and the step; with the length, they decide what Dropouts drop.
        """
        count, loss, gradient = len(batch[0]), 0.0, np.zeros_like(theta)
        reached = []
        for length, part in self._parts(batch):
            part = _filled(part) if self.engine == "compiled" else part
            of_part, slope = self._of[length](part, theta, (*seeds, length))
            share = len(part[0]) / count
            loss += of_part * share
            gradient += slope * share
            reached.append(self._of[length].reached)
        if not all(x.is_known for x in self._distinct):
            self.reached = _together(reached)
        return loss, gradient

    def mean_loss(self, batch: Sequence[Array], theta: Array) -> float:
        """Compute only the mean loss of a batch, which may be large."""
        count = len(batch[0])
        return sum(
            self._of[length].mean_loss(part, theta) * len(part[0]) / count for length, part in self._parts(batch)
        )

    def _parts(self, batch: Sequence[Array]) -> Iterator[tuple[int, list[Array]]]:
        """Yield (length, arrays) for each length in a batch."""
        *arrays, lengths = batch
        for length in np.unique(lengths).tolist():
            chosen = lengths == length
            yield length, cut([x[chosen] for x in arrays], length, self._has_target_each)

    @property
    def drops(self) -> bool:
        """Whether the model has Dropouts, whose masks depend on the training's seed."""
        return any(gradients.drops for gradients in self._distinct)

    @property
    def programs(self) -> tuple[Program, ...]:
        """The recorded programs; empty for the eager engine."""
        return tuple(program for gradients in self._distinct for program in gradients.programs)

    def write(self, theta: Array) -> None:
        """Set the parameters' numbers to theta."""
        self._distinct[0].write(theta)

    def close(self) -> None:
        """Close the executors that the shards created, if any."""
        for gradients in self._distinct:
            gradients.close()

    def arrays(self, data: Data) -> list[Array]:
        """Return the arrays that a batch has rows of."""
        assert data.lengths is not None
        return [data.X, data.y, _weight(data), data.lengths]


def _together(reached: Iterable[Array | None]) -> Array | None:
    """Return which parameters are reached by any of these; None for all of them."""
    several = list(reached)
    known = [x for x in several if x is not None]
    together = np.any(known, axis=0) if len(known) == len(several) else None
    return None if together is None or together.all() else together


def _weight(data: Data) -> Array:
    return np.ones(len(data.X)) if data.weight is None else data.weight


def _filled(arrays: Sequence[Array]) -> list[Array]:
    """Add rows of weight 0 up to a power of two: a program keeps a plan for each of a few numbers of rows."""
    rows = len(arrays[0])
    missing = (1 << (rows - 1).bit_length()) - rows
    filled = [np.concatenate([x, np.repeat(x[:1], missing, axis=0)]) for x in arrays]
    filled[-1][rows:] = 0.0
    return filled


def gradients_of(
    model: Function,
    loss: Function,
    data: Data,
    parameters: list[Value],
    engine: Engine,
    dtype: str,
    shards: tuple[Executor, int] | None,
) -> Gradients | GradientsByLength:
    """Return a training's gradients: all sequences padded, if the model is causal and compiles, else by their length.

    Arguments and errors are those of ``Gradients``. Raises ValueError for a model that says it is causal and is not.
    """
    if data.lengths is None:
        return Gradients(model, loss, data, parameters, engine, dtype, shards)
    if is_padded(model, loss, data):
        _refuse_not_causal(model, data)
        gradients = Gradients(model, loss, data, parameters, engine, dtype, shards)
        if gradients.engine == "compiled" or gradients.drops:  # masks are those of padded sequences on both engines
            return gradients
        return GradientsByLength(dict.fromkeys(np.unique(data.lengths).tolist(), gradients), data.has_target_each)
    of: dict[int, Gradients] = {}
    for length, _, part in replace(data, weight=_weight(data)).by_length():
        of[length] = Gradients(model, loss, part, parameters, engine, dtype, shards)
        engine = of[length].engine  # from the first that does not compile, all others are eager
    return GradientsByLength(of, data.has_target_each)


def _refuse_not_causal(model: Function, data: Data) -> None:
    """Raise ValueError if the shortest sequence has other outputs with numbers after it than without."""
    assert data.lengths is not None
    i = int(data.lengths.argmin())
    with autograd.no_grad(), predicting():
        alone, filled_up = (np.array(plain(called(model, x)), float) for x in (data.sample(i), data.X[i]))
    if alone.shape[1:] != filled_up.shape[1:] or not np.allclose(alone, filled_up[: len(alone)], equal_nan=True):
        raise ValueError(
            f"{kind_of(model)}.causal is True, but the first outputs for a sequence change if more numbers follow it\n"
            "  try             leaving causal out, so that each length gets a program of its own"
        )


def sample_loss(model: Function, loss: Function, is_weighted: bool) -> Function:
    """Return the loss of one sample, as a function of its row of each array, for the compiler."""
    if is_weighted:
        return lambda x, y, weight: weight * loss(model(x), y)
    return lambda x, y: loss(model(x), y)


def eager_sample(model: Function, loss: Function, x: Sample, y: Sample, *weight: np.generic) -> Any:
    """Compute the loss of one sample from its row of each array, for the eager engine."""
    value = loss_of(loss, called(model, x), y)
    return weight[0].item() * value if weight else value
