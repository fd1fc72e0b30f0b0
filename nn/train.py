"""fit: training a model on arrays, compiled or eager, with the same numbers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import autograd
from autograd import NonFiniteError, RecordingError
from nn.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from nn.clip import clip_norm, clip_value
from nn.evaluation import Array, Data, Engine, Loss, Metric, evaluated, metric_functions, named, plain_row, warn_eager
from nn.history import History
from nn.losses import LOSSES
from nn.optim import OPTIMIZERS, Optimizer
from nn.progress import Progress, interruptible

__all__ = ["Training", "fit"]


def fit(
    model: Any,
    X: Any,
    y: Any,
    loss: Loss = "mse",
    optimizer: str | Optimizer = "adam",
    epochs: int = 10,
    batch_size: int | None = 32,
    *,
    lr: float | None = None,
    validation: tuple[Any, Any] | None = None,
    metrics: Metric | Sequence[Metric] = (),
    stop_below: float | None = None,
    patience: int | None = None,
    max_steps: int | None = None,
    callbacks: Sequence[Callable[[Training], Any]] = (),
    schedule: Any = None,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    l2: float = 0.0,
    sample_weight: Any = None,
    shuffle: bool = True,
    seed: int = 0,
    engine: Engine = "compiled",
    dtype: str = "float64",
    checkpoint: str | Path | None = None,
    checkpoint_every: float = 30.0,
    progress: bool | None = None,
    executor: Any = None,
    shards: int | None = None,
) -> History:
    """Train a model's parameters on samples X and targets y; what happened, epoch by epoch.

    model: a Module, or a function of one sample that has ``parameters()``. X: (samples, …); y: (samples,) or
    (samples, k), class labels as integers or one-hot rows. loss: a function of a prediction and a target, or its
    name; an epoch's is the mean over its samples. optimizer: one made with the model's parameters, a name, or a
    class, made here with ``lr``. batch_size: None for all samples at once; a last partial batch is used like the
    others. epochs: in total, also where a checkpoint is resumed.

    validation: (X, y) to evaluate after each epoch. metrics: names or functions (y_true, y_pred), of the validation
    data where there are any, else of the training data. stop_below: ends when an epoch's loss is below it. patience:
    ends after so many epochs without a better (validation) loss, with the parameters of the best. max_steps: ends
    after so many steps. callbacks: called after each epoch with the Training; one that returns True ends it.
    schedule: ``step()`` is called after each epoch. clip_grad_norm, clip_grad_value, l2 (adds l2·Σp² to the loss): as
    the names say. sample_weight: (samples,), scaled to a mean of 1. shuffle, seed: each epoch goes through the
    samples in an order of its own. engine: "compiled", or "eager"; a model that does not compile is trained eagerly,
    with a warning that says why. checkpoint: a file written every ``checkpoint_every`` seconds, on Ctrl-C, and at the
    end; where it exists the training goes on from it, onto the same trajectory, bit for bit. progress: a bar, by
    default where somebody looks on. executor: a ``concurrent.futures.Executor`` whose workers compute each batch's
    gradient in ``shards`` parts (2, if not said), summed in a fixed order; a worker that dies is replaced.

    Ctrl-C ends after the current step, with parameters and history of whole steps. Raises NonFiniteError, before the
    parameters are touched, naming step, sample and operation; ValueError for data that do not fit; CheckpointError
    for a checkpoint of another training.

    >>> import nn
    >>> X = np.linspace(-1.0, 1.0, 20)[:, None]
    >>> model = nn.MLP(1, [1], seed=0)
    >>> history = fit(model, X, 3 * X[:, 0] + 1, optimizer="sgd", lr=0.1, epochs=60, batch_size=5)
    >>> [round(p.data, 3) for p in model.parameters()]
    [3.0, 1.0]
    """
    data = Data.of(X, y, sample_weight, dtype)
    chosen = _optimizer(model, optimizer, lr)
    chosen_loss = named(loss, LOSSES, "loss")
    settings = _Settings(
        epochs=_positive(epochs, "epochs"),
        batch_size=len(data.X) if batch_size is None else min(_positive(batch_size, "batch_size"), len(data.X)),
        loss=chosen_loss,
        metrics=metric_functions(metrics, chosen_loss),
        stop_below=stop_below, patience=patience, max_steps=max_steps, shuffle=shuffle, seed=seed,
        clip_norm=clip_grad_norm, clip_value=clip_grad_value, l2=l2, checkpoint_every=checkpoint_every,
        checkpoint=None if checkpoint is None else Path(checkpoint),
        executor=executor, shards=_positive(2 if shards is None else shards, "shards"),
    )  # fmt: skip
    held_out = None if validation is None else Data.of(*validation, None, dtype)
    run = Training(model, chosen, settings, data, held_out, schedule, dtype, engine)
    return run.run(callbacks, progress)


# ── a training ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Settings:
    epochs: int
    batch_size: int
    loss: Callable[..., Any]
    metrics: dict[str, Callable[[Any, Any], float]]
    stop_below: float | None
    patience: int | None
    max_steps: int | None
    shuffle: bool
    seed: int
    clip_norm: float | None
    clip_value: float | None
    l2: float
    checkpoint: Path | None
    checkpoint_every: float
    executor: Any
    shards: int


@dataclass
class _Place:
    """Where a training is: so many whole epochs, so many steps of the next, and what that has summed up."""

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    samples: int = 0
    best: float = math.inf
    waited: int = 0


@dataclass
class Training:
    """A training under way, as a callback sees it: model, optimizer, history, epoch, and ``theta``, the parameters.

    >>> import nn
    >>> seen = []
    >>> model = nn.MLP(1, [1], seed=0)
    >>> _ = fit(model, [[0.0], [1.0]], [0.0, 1.0], epochs=2, callbacks=[lambda run: seen.append(run.epoch)])
    >>> seen
    [1, 2]
    """

    model: Any
    optimizer: Optimizer
    settings: _Settings
    data: Data
    held_out: Data | None
    schedule: Any
    dtype: str
    engine: Engine
    history: History = field(default_factory=History)
    place: _Place = field(default_factory=_Place)

    def __post_init__(self) -> None:
        self.theta = np.array([x.data for x in self.optimizer.parameters], self.dtype)
        self.gradient = np.empty_like(self.theta)
        self.everything = np.arange(len(self.data.X))
        self.best_theta: Array | None = None
        self._gradient_of = self._engine()
        self._saved = time.monotonic()
        if self.settings.checkpoint is not None and self.settings.checkpoint.exists():
            self._resume(self.settings.checkpoint)

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.place.epoch

    def run(self, callbacks: Sequence[Callable[[Training], Any]], show: bool | None) -> History:
        """Train until something says that it is enough."""
        samples, started = len(self.data.X), time.monotonic() - self.history.seconds
        bar = Progress(self.settings.epochs, samples, self.place.epoch * samples + self.place.samples, show)
        try:
            with interruptible() as interrupt:
                while not self._enough():
                    self._epoch(bar, interrupt)
                    if interrupt.pressed:
                        self.history.stopped = "interrupted"
                        break
                    if True in [callback(self) for callback in callbacks]:
                        self.history.stopped = self.history.stopped or "callback"
        except NonFiniteError as error:
            raise self._explained(error) from None
        finally:
            bar.close()
            if self._sharded is not None:
                self._sharded.close()
            self.history.seconds = time.monotonic() - started
            self._write_back()
            if self.settings.checkpoint is not None:
                self._save()
        if self.place.samples:  # of an epoch that is not over; a checkpoint has its sum
            self.history.add({"loss": self.place.loss / self.place.samples})
        if self.best_theta is not None and self.history.stopped != "interrupted":
            self.theta[:] = self.best_theta
            self._write_back()
        return self.history

    def _enough(self) -> bool:
        if not self.history.stopped and self.place.epoch >= self.settings.epochs:
            self.history.stopped = "epochs"
        return bool(self.history.stopped)

    def _epoch(self, bar: Progress, interrupt: Any) -> None:
        settings, place = self.settings, self.place
        for chosen, batch in self._batches():
            self.chosen = chosen
            loss = self._step(batch)
            rows = len(chosen)
            place.step, place.loss, place.samples = place.step + 1, place.loss + loss * rows, place.samples + rows
            self.history.steps += 1
            bar.step(place.epoch, rows, loss)
            if interrupt.pressed:
                return
            if settings.max_steps is not None and self.history.steps >= settings.max_steps:
                self.history.stopped = "max_steps"
                if place.samples < len(self.data.X):
                    return  # the epoch goes on where the checkpoint ends
                break
            if settings.checkpoint is not None and time.monotonic() - self._saved > settings.checkpoint_every:
                self._save()
        self._end_epoch(bar)

    def _batches(self) -> Iterator[tuple[Array, list[Array]]]:
        """(which samples, their arrays) of each batch of this epoch that is still to do."""
        settings, arrays, count = self.settings, self.data.arrays(), len(self.data.X)
        size = settings.batch_size
        if size == count:  # all of them: in which order does not matter
            yield self.everything, arrays
            return
        order = self.everything
        if settings.shuffle:
            order = np.random.default_rng([settings.seed, self.place.epoch]).permutation(count)
        batch = [np.empty((size, *x.shape[1:]), x.dtype) for x in arrays]
        for begin in range(self.place.step * size, count, size):
            chosen = order[begin : begin + size]
            if len(chosen) == size:
                for source, target in zip(arrays, batch, strict=True):
                    source.take(chosen, 0, target, "clip")  # "raise" would go through a copy
                yield chosen, batch
            else:
                yield chosen, [x[chosen] for x in arrays]

    def _step(self, batch: Sequence[Array]) -> float:
        """One optimizer step. Nothing has moved if the loss or its gradient is not finite."""
        settings, theta = self.settings, self.theta
        loss, gradient = self._gradient_of(batch)
        if settings.l2:
            loss += settings.l2 * float(theta.dot(theta))
            gradient += 2.0 * settings.l2 * theta
        if settings.clip_norm is not None:
            clip_norm(gradient, settings.clip_norm)
        if settings.clip_value is not None:
            clip_value(gradient, settings.clip_value)
        self.optimizer.apply(theta, gradient)
        return loss

    def _end_epoch(self, bar: Progress) -> None:
        settings, place = self.settings, self.place
        numbers = {"loss": place.loss / place.samples}
        if self.held_out is not None or settings.metrics:
            self._write_back()
            prefix = "val_" if self.held_out is not None else ""
            data = self.held_out or self.data
            found = evaluated(self.model, data, settings.loss, settings.metrics, self.engine, self._predictor())
            numbers.update({prefix + name: x for name, x in found.items() if prefix or name != "loss"})
        self.history.add(numbers)
        bar.epoch(numbers)
        watched = numbers.get("val_loss", numbers["loss"])
        place.epoch, place.step, place.loss, place.samples = place.epoch + 1, 0, 0.0, 0
        place.waited += 1
        if watched < place.best:
            place.best, place.waited = watched, 0
            if settings.patience is not None:
                self.best_theta = self.theta.copy()
        if settings.patience is not None and place.waited >= settings.patience:
            self.history.stopped = "patience"
        if settings.stop_below is not None and numbers["loss"] < settings.stop_below:
            self.history.stopped = "stop_below"
        if self.schedule is not None:
            self.schedule.step()

    def _write_back(self) -> None:
        for parameter, number in zip(self.optimizer.parameters, self.theta.astype(float).tolist(), strict=True):
            parameter.data = number

    def _explained(self, error: NonFiniteError) -> NonFiniteError:
        where = f"epoch {self.place.epoch + 1}, step {self.place.step + 1}: no parameter was changed by it"
        some = f"{self.chosen[:8].tolist()}{' …' if len(self.chosen) > 8 else ''}"
        text = f"{error}\n  in the training {where}\n  samples         {some}"
        explained = NonFiniteError(text, error.operation, error.operands)
        explained.history = self.history  # type: ignore[attr-defined]
        return explained

    # ── engines ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _engine(self) -> Callable[[Sequence[Array]], tuple[float, Array]]:
        loss, model, weighted = self.settings.loss, self.model, self.data.weight is not None

        def of_sample(x: Any, y: Any, *weight: Any) -> Any:
            found = loss(model(x), y)
            return weight[0] * found if weighted else found

        self._of_sample, self._predict = of_sample, None
        self._sharded: Any = None
        if self.engine not in ("compiled", "eager"):
            raise ValueError(f"engine is 'compiled' or 'eager', not {self.engine!r}")
        if self.engine == "compiled":
            try:
                self._program = autograd.compile(of_sample, dtype=self.dtype, parameters=self.optimizer.parameters)
                self._program.record(*[x[:1] for x in self.data.arrays()])
                if self.settings.executor is None:
                    return self._compiled
                from nn.parallel import Sharded  # it loads concurrent.futures, which few trainings need

                self._sharded = Sharded(self.settings.executor, self.settings.shards, self._program)
                return self._in_shards
            except RecordingError as error:
                warn_eager(error)
                self.engine = "eager"
        return self._eager

    def _compiled(self, batch: Sequence[Array]) -> tuple[float, Array]:
        size = len(self.theta)
        if size == len(self._program.parameters) and size < 4096:
            return self._program.value_and_grad(*batch, parameters=self.theta)  # type: ignore[no-any-return]
        if size == len(self._program.parameters):
            return self._program.value_and_grad(*batch, parameters=self.theta, out=self.gradient)  # type: ignore[no-any-return]
        loss, gradient = self._program.value_and_grad(*batch, parameters=self._with_others())
        return loss, gradient[:size]

    def _in_shards(self, batch: Sequence[Array]) -> tuple[float, Array]:
        assert self._sharded is not None
        loss, gradient = self._sharded.value_and_grad(batch, self._with_others())
        return loss, gradient[: len(self.theta)]

    def _with_others(self) -> Array:
        """The parameters that are trained, and those of the model that are not."""
        others = [x.data for x in self._program.parameters[len(self.theta) :]]
        return np.concatenate([self.theta, np.array(others, self.dtype)])

    def _eager(self, batch: Sequence[Array]) -> tuple[float, Array]:
        self._write_back()
        for parameter in self.optimizer.parameters:
            parameter.grad = 0.0
        losses = [self._of_sample(*map(plain_row, row)) for row in zip(*batch, strict=True)]
        total = autograd.mean(losses)
        total.backward()
        return float(total.data), np.array([x.grad for x in self.optimizer.parameters], self.dtype)

    def _predictor(self) -> Any:
        """The model, compiled once for all epochs."""
        if self.engine == "eager":
            return None
        if self._predict is None:
            self._predict = autograd.compile(self.model, dtype=self.dtype)
        return self._predict

    # ── checkpoints ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _identity(self) -> dict[str, Any]:
        """What has to be the same for a checkpoint to go on from."""
        settings = self.settings
        return {
            "optimizer": type(self.optimizer).__name__, "parameters": len(self.theta), "dtype": self.dtype,
            "samples": list(self.data.X.shape), "targets": list(self.data.y.shape), "batch_size": settings.batch_size,
            "loss": getattr(settings.loss, "__name__", "loss"), "shuffle": settings.shuffle, "seed": settings.seed,
        }  # fmt: skip

    def _save(self) -> None:
        assert self.settings.checkpoint is not None
        state = self.optimizer.state_dict()
        arrays = {f"optimizer.{k}": np.asarray(v) for k, v in state.items()}
        arrays["theta"] = self.theta
        if self.best_theta is not None:
            arrays["best"] = self.best_theta
        words = {
            "identity": self._identity(), "place": vars(self.place), "history": self.history.to_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
        }  # fmt: skip
        write_checkpoint(self.settings.checkpoint, arrays, words)
        self._saved = time.monotonic()

    def _resume(self, path: Path) -> None:
        arrays, words = read_checkpoint(path)
        mine, its = self._identity(), words["identity"]
        differing = [f"{name} {its.get(name)!r}, not {mine[name]!r}" for name in mine if its.get(name) != mine[name]]
        if differing:
            raise CheckpointError(
                f"{path} is of another training: {'; '.join(differing)}\n"
                "  try             another path, or deleting it to begin anew"
            )
        self.theta[:] = arrays["theta"]
        self.best_theta = arrays.get("best")
        kept = {k.removeprefix("optimizer."): v for k, v in arrays.items() if k.startswith("optimizer.")}
        self.optimizer.load_state_dict({k: v if v.ndim else v.item() for k, v in kept.items()})
        if self.schedule is not None and words["schedule"] is not None:
            self.schedule.load_state_dict(words["schedule"])
        self.place, self.history = _Place(**words["place"]), History.from_dict(words["history"])
        if self.history.stopped in ("interrupted", "epochs", "max_steps"):
            self.history.stopped = ""


# ── small things ────────────────────────────────────────────────────────────────────────────────────────────────────


def _positive(number: Any, name: str) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__") or number < 1:
        raise ValueError(f"{name} is a whole number from 1 up, not {number!r}")
    return int(number)


def _optimizer(model: Any, given: str | Optimizer, lr: float | None) -> Optimizer:
    if isinstance(given, Optimizer):
        if lr is not None:
            raise ValueError("lr is the optimizer's own: give it there, or name the optimizer")
        return given
    made = named(given, OPTIMIZERS, "optimizer")
    if not hasattr(model, "parameters"):
        raise TypeError(f"{type(model).__name__} has no parameters(): give an optimizer made with them")
    return made(model.parameters()) if lr is None else made(model.parameters(), lr=lr)  # type: ignore[no-any-return]
