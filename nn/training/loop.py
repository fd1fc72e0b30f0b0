"""Training: the loop over epochs and steps, and the reasons to stop it."""

from __future__ import annotations

import contextlib
import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd import NonFiniteError
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import is_numpy_number, np
from nn.module import Module
from nn.optim.clip import clip_norm, clip_value
from nn.optim.optimizer import Optimizer
from nn.running.data import Data
from nn.running.evaluation import Evaluation
from nn.running.gradients import gradients_of
from nn.running.row_function import Engine
from nn.training.history import History
from nn.training.progress import Interrupt, Progress, interruptible
from nn.training.resume import identity, resume, save
from nn.training.state import Place, Settings, SupportsStep

__all__ = ["Training"]

Callback = Callable[["Training"], Any]

_MANY_SAMPLES = 1024
"""In larger batches, matrix products are worth several threads."""


@dataclass
class Training:
    """A running training, which callbacks receive: model, optimizer, history, epoch, and ``theta``, the parameters.

    ``loss`` is the loss of the last step's batch, and ``history.steps`` the number of steps.

    >>> import nn
    >>> seen = []
    >>> model = nn.MLP(1, [1], seed=0)
    >>> _ = nn.fit(model, [[0.0], [1.0]], [0.0, 1.0], epochs=2, callbacks=[lambda run: seen.append(run.epoch)])
    >>> seen
    [1, 2]
    """

    model: Any
    optimizer: Optimizer
    settings: Settings
    data: Data
    held_out: Data | None
    schedule: SupportsStep | None
    dtype: str
    engine: Engine
    history: History = field(default_factory=History)
    place: Place = field(default_factory=Place)

    def __post_init__(self) -> None:
        settings, parameters = self.settings, self.optimizer.parameters
        self.theta = np.array([x.data for x in parameters], self.dtype)
        self.loss = math.nan
        self._before = self.theta.copy()  # as the epoch began
        self._is_refused = False  # whether a step has left the range of a float
        self.best_theta: Array | None = None
        self.everything = self.chosen = np.arange(len(self.data.X))
        shards = (settings.shards.executor, settings.shards.count) if settings.shards is not None else None
        self.gradients = gradients_of(self.model, settings.loss, self.data, parameters, self.engine, self.dtype, shards)
        self.engine, self._arrays = self.gradients.engine, self.gradients.arrays(self.data)
        self._evaluation = Evaluation(self.model, settings.loss, settings.metrics, self.engine, self.dtype)
        self._saved = time.monotonic()
        if settings.checkpoint is not None:
            self.identity = identity(self)
            if settings.checkpoint.path.exists():
                resume(self, settings.checkpoint.path)

    @property
    def epoch(self) -> int:
        """The number of epochs done."""
        return self.place.epoch

    def run(self, callbacks: Sequence[Callback], show: bool | None) -> History:
        """Train until there is a reason to stop. The model is in eval mode from now on, also in callbacks."""
        if isinstance(self.model, Module):
            self.model.eval()
        samples, done, started = len(self.data.X), self.history.steps, time.monotonic() - self.history.seconds
        bar = Progress(self.settings.epochs, samples, self.place.epoch * samples + self.place.samples, show)
        try:
            with self._threads(), interruptible() as interrupt:
                if self.settings.stop.patience is not None and self.held_out is None and self.best_theta is None:
                    self._keep(self._measured())
                    self.place.waited = 0
                of_steps = [callback for callback in callbacks if getattr(callback, "each_step", False)]
                callbacks = [callback for callback in callbacks if callback not in of_steps]
                self.history.stopped = self._ended(callbacks if self.history.stopped == "callback" else ())
                while not self.history.stopped:
                    stopped = self._epoch(bar, interrupt, of_steps)
                    self.history.stopped = "interrupted" if interrupt.pressed else stopped or self._ended(callbacks)
        except NonFiniteError as error:
            raise self._explained(error) from None
        finally:
            bar.close()
            self.gradients.close()
            self.history.seconds = time.monotonic() - started
            self.gradients.write(self.theta)
            self._save()
        if self.place.samples:  # of an epoch that is not over; a checkpoint has its sum
            self.history.add({"loss": self.place.loss / self._counted(self._order()[: self.place.samples])})
        if self.best_theta is not None and self.history.stopped != "interrupted":
            self.theta[:] = self.best_theta
            self.gradients.write(self.theta)
        if self.history.steps == done:
            self._warn_of_nothing()
        return self.history

    def _threads(self) -> contextlib.AbstractContextManager[Any]:
        """Use one thread for the products of a small batch: on a busy machine a second waits longer than it works."""
        if self.settings.batch_size > _MANY_SAMPLES:
            return contextlib.nullcontext()
        from threadpoolctl import threadpool_limits  # it looks through the libraries that are loaded

        return threadpool_limits(1, "blas")  # type: ignore[no-any-return]

    def _ended(self, callbacks: Sequence[Callback]) -> str:
        """Return the reason to stop here, "" for none. Every callback is called, and finds the trained model."""
        if callbacks:
            self.gradients.write(self.theta)
        settings, place, answers = self.settings, self.place, [callback(self) for callback in callbacks]
        if settings.stop.below is not None and not place.step and self._is_below(settings.stop.below):
            return "stop_below"
        if settings.stop.patience is not None and place.waited >= settings.stop.patience:
            return "patience"
        if settings.stop.steps is not None and self.history.steps >= settings.stop.steps:
            return "max_steps"
        if any(map(_is_true, answers)):
            return "callback"
        return "epochs" if place.epoch >= settings.epochs else ""

    def _is_below(self, limit: float) -> bool:
        """Whether the last epoch's loss is below the limit, and still is with the parameters it ended with."""
        if not self.history.get("loss", [math.inf])[-1] < limit:
            return False
        return self._measured() < limit

    def _warn_of_nothing(self) -> None:
        remedy = {"stop_below": "lower stop_below", "patience": "raise patience", "callback": "change the callbacks"}
        stopped, checkpoint = self.history.stopped, self.settings.checkpoint
        if stopped in remedy and checkpoint is not None:
            warnings.warn(
                f"nothing was trained: {stopped} already ended the training in {checkpoint.path}\n"
                f"  try             to {remedy[stopped]}, or to delete the file to start again",
                stacklevel=4,
            )

    def _epoch(self, bar: Progress, interrupt: Interrupt, of_steps: Sequence[Callback]) -> str:
        """Train one epoch, or the rest of it after a checkpoint. Return "callback" if one stops it, else ""."""
        settings, place, history = self.settings, self.place, self.history
        counts, is_stopped = self.data.counts, False
        self._before[:] = self.theta
        for chosen, batch in self._batches():
            self.chosen = chosen
            loss, gradient = self._gradient(batch)
            count = len(chosen)
            with interrupt:
                self.optimizer.apply(self.theta, gradient, None if settings.l2 else self.gradients.reached)
                place.loss += loss * (count if counts is None else self._counted(chosen))
                place.step, place.samples = place.step + 1, place.samples + count
                history.steps += 1
            bar.step(place.epoch, count, loss)
            self.loss = loss
            if of_steps:
                answers = [callback(self) for callback in of_steps]  # of all, also after one that stops the training
                is_stopped = any(map(_is_true, answers))
            if interrupt.pressed or is_stopped or history.steps == settings.stop.steps:
                break
            if settings.checkpoint is not None and time.monotonic() - self._saved > settings.checkpoint.every:
                self._check()
                self._save()
        self._check()
        if place.samples == len(self.data.X):
            self._end_epoch(bar, interrupt)
        return "callback" if is_stopped else ""

    def _batches(self) -> Iterator[tuple[Array, list[Array]]]:
        """Yield (sample indices, their arrays) for each remaining batch of this epoch."""
        settings, arrays, count = self.settings, self._arrays, len(self.data.X)
        size = settings.batch_size
        if size == count:  # all of them: in which order does not matter
            if not self.place.step:
                yield self.everything, arrays
            return
        order = self._order()
        batch = [np.empty((size, *x.shape[1:]), x.dtype) for x in arrays]
        for begin in range(self.place.step * size, count, size):
            chosen = order[begin : begin + size]
            if len(chosen) == size:
                for source, target in zip(arrays, batch, strict=True):
                    source.take(chosen, 0, target, "clip")  # "raise" would go through a copy
                yield chosen, batch
            else:
                yield chosen, [x[chosen] for x in arrays]

    def _order(self) -> Array:
        """Return the order of the samples in this epoch."""
        if not self.settings.shuffle:
            return self.everything
        return np.random.default_rng([self.settings.seed, self.place.epoch]).permutation(len(self.everything))

    def _counted(self, chosen: Array) -> float:
        """Return how many samples these count as in a mean over targets: as many as they are, if all count equally."""
        return len(chosen) if self.data.counts is None else float(self.data.counts[chosen].sum())

    def _gradient(self, batch: Sequence[Array]) -> tuple[float, Array]:
        """Compute the loss to minimize and its clipped gradient. Raises NonFiniteError if one is not finite."""
        settings, theta = self.settings, self.theta
        loss, gradient = self.gradients(batch, theta, (settings.seed, self.place.epoch, self.place.step))
        if self.data.counts is not None:
            share = self._counted(self.chosen) / len(self.chosen) or 1.0  # where nothing counts, the loss is 0
            loss, gradient = loss / share, gradient / share
        if settings.l2:  # which reaches every parameter
            loss += settings.l2 * float(theta.dot(theta))
            gradient += 2.0 * settings.l2 * theta
        if settings.clip_norm is not None:
            clip_norm(gradient, settings.clip_norm)
        if settings.clip_value is not None:
            clip_value(gradient, settings.clip_value)
        return loss, gradient

    def _check(self) -> None:
        """Raise NonFiniteError if a step has left a float's range, after resetting theta to the start of the epoch."""
        if self.optimizer.is_surely_finite(self.theta):
            return
        try:
            self.optimizer.check(self.theta)
        except ValueError as error:
            self.theta[:], self._is_refused = self._before, True
            raise NonFiniteError(str(error)) from None

    def _end_epoch(self, bar: Progress, interrupt: Interrupt) -> None:
        settings, place = self.settings, self.place
        numbers = {"loss": place.loss / place.samples}  # whose counts are 1 on average
        if settings.stop.patience is not None and self.held_out is None:
            numbers["loss_after"] = self._measured()
        if self.held_out is not None or settings.metrics:
            self.gradients.write(self.theta)
            prefix = "val_" if self.held_out is not None else ""
            evaluated = self._evaluation(self.held_out or self.data)
            numbers.update({prefix + name: x for name, x in evaluated.items() if prefix or name != "loss"})
        with interrupt:
            if self.schedule is not None:
                self.schedule.step()
            if settings.stop.patience is not None:
                self._keep(numbers["val_loss" if self.held_out is not None else "loss_after"])
            self.history.add(numbers)
            place.epoch, place.step, place.loss, place.samples = place.epoch + 1, 0, 0.0, 0
        bar.epoch(numbers)

    def _measured(self) -> float:
        """Compute the loss to minimize over all training data, with the present parameters."""
        loss = self.gradients.mean_loss(self._arrays, self.theta)
        return loss + self.settings.l2 * float(self.theta.dot(self.theta)) if self.settings.l2 else loss

    def _keep(self, loss: float) -> None:
        """Keep the parameters if this is the best loss so far, else wait."""
        self.place.waited += 1
        if loss < self.place.best:
            self.place.best, self.place.waited, self.best_theta = loss, 0, self.theta.copy()

    def _explained(self, error: NonFiniteError) -> NonFiniteError:
        where = f"epoch {self.place.epoch + 1}"
        if self._is_refused:
            where += "; the parameters were reset to the start of this epoch"
        else:
            some = f"{self.chosen[:8].tolist()}{' …' if len(self.chosen) > 8 else ''}"
            where += f", step {self.place.step + 1}, which changed no parameter\n  samples         {some}"
        text = f"{error}\n  in the training {where}"
        explained = NonFiniteError(text, error.operation, error.operands)
        explained.history = self.history  # type: ignore[attr-defined]
        return explained

    def _save(self) -> None:
        if self.settings.checkpoint is not None and not self._is_refused:
            save(self, self.settings.checkpoint.path)
            self._saved = time.monotonic()


def _is_true(answer: object) -> bool:
    """Whether a callback's answer stops the training."""
    return answer is True or (is_numpy_number(answer) and answer.dtype.kind == "b" and bool(answer))
