"""fit: training a model on arrays, compiled or eager, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

from numpy.typing import ArrayLike

from autograd.util.printable import kind_of
from nn.inspect.snapshots import Snapshots
from nn.logits import warn_of_rectified
from nn.losses import LOSSES, refuse_targets
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import OPTIMIZERS
from nn.optim.settings import at_least_zero, integer, number
from nn.running.evaluation import Data, Loss, Metric, first_output, metric_functions, named, width
from nn.running.labels import Labels
from nn.running.row_function import Engine, Function
from nn.training.checkpoint import one_training
from nn.training.held_out import Pair, validation_of, with_held_out
from nn.training.history import History
from nn.training.loop import Training
from nn.training.options import (
    Checkpoint,
    PlainSpellings,
    Shards,
    Stop,
    checkpoint_of,
    refuse_no_functions,
    refuse_unknown,
    shards_of,
    stop_of,
)
from nn.training.state import Settings, SupportsStep

__all__ = ["fit"]


def fit(
    model: Function,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: Loss = "mse",
    optimizer: str | Optimizer | Callable[..., Optimizer] = "adam",
    epochs: int = 10,
    batch_size: int | None = 32,
    lr: float | None = None,
    validation: Pair | None = None,
    metrics: Metric | Sequence[Metric] = (),
    stop_below: float | None = None,
    patience: int | None = None,
    stop: Stop | None = None,
    callbacks: Sequence[Callable[[Training], Any]] = (),
    schedule: SupportsStep | None = None,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    l2: float = 0.0,
    sample_weight: ArrayLike | None = None,
    shuffle: bool = True,
    seed: int = 0,
    engine: Engine = "compiled",
    dtype: str = "float64",
    checkpoint: str | Path | Checkpoint | None = None,
    progress: bool | None = None,
    record: bool | int | Snapshots | None = None,
    shards: Shards | int | None = None,
    **plain: Unpack[PlainSpellings],
) -> History:
    """Train a model's parameters on samples X and targets y; what happened, epoch by epoch.

    model: a Module, or a function of one sample that has ``parameters()``.
    X: (samples, …).
    y: (samples,) or (samples, k), class labels as integers, one-hot rows or text (``history.classes`` has their order).
    loss: a function of a prediction and a target, or its name; an epoch's is the mean over its samples. (With either
    engine, a row of several numbers is an array.)
    optimizer: one made with the model's parameters, a name ("adam", "Adam"), or a class, made here with ``lr``.
    epochs: in total, also where a checkpoint is resumed.
    batch_size: None for all samples at once; a last partial batch is used like the others.
    lr: the learning rate of an optimizer that is named.
    validation: (X, y) to evaluate after each epoch.
    metrics: names or functions (y_true, y_pred), of the validation data where there are any, else of the training data.
    stop_below: ends when an epoch's loss is below it, and that of the training data still is with the parameters the
    epoch ended with.
    patience: ends after so many epochs without a better loss, with the parameters of the best (at any end but Ctrl-C).
    What is compared is measured with the very parameters that are kept, those at the end of an epoch: the loss of the
    validation data or, without them, of the training data. The latter is ``history["loss_after"]``; it costs a pass
    without gradients each epoch, and the parameters that training began with count as well.
    stop: ``nn.Stop``: both of these and a number of steps, in one.
    callbacks: called after each epoch with the Training; one that returns True ends it.
    schedule: ``step()`` is called after each epoch.
    clip_grad_norm, clip_grad_value, l2: as the names say; l2 adds l2·Σp² to the loss.
    sample_weight: (samples,), scaled to a mean of 1.
    shuffle, seed: each epoch goes through the samples in an order of its own.
    engine: "compiled", or "eager"; a model that does not compile is trained eagerly, with a warning that says why.
    dtype: "float64" or "float32", of parameters and gradients.
    checkpoint: a file, or ``nn.Checkpoint`` with the time between two writes, 30 seconds otherwise; see below.
    progress: show a progress bar; by default only in a terminal or notebook.
    record: True, every so many epochs, or Snapshots: what ``autograd.play(history)`` shows.
    shards: ``nn.Shards``: the workers that compute each batch's gradient in parts.
    plain: ``max_steps``, ``checkpoint_every``, and ``executor`` with a number for ``shards``, in place of those parts;
    Keras's ``validation_data``, for ``validation``, and ``validation_split``, the share of the samples, the last of
    them as they stand, that are held out for validation.

    A checkpoint is written again and again, on Ctrl-C, and at the end; where it exists the training goes on from it,
    onto the same trajectory, bit for bit. What decides the trajectory (data, model, loss, optimizer and its lr, …) has
    to be as it was. What ends or shows a training may change: it goes on unless it is over by what is asked now. Where
    ``stop_below``, ``patience`` or a callback (asked again, for the epoch it ended) say so, nothing is trained, and a
    warning says why.

    Ctrl-C ends after the current step, with parameters and history of whole steps. Raises NonFiniteError, before the
    parameters are touched, naming step, sample and operation; ValueError for data that do not fit; CheckpointError for
    a checkpoint of another training, naming what differs, for one that is damaged or was edited, naming where, and for
    one that another training is using, naming its process; FileNotFoundError where there is no folder for it.

    >>> import nn
    >>> import numpy as np
    >>> X = np.linspace(-1.0, 1.0, 20)[:, None]
    >>> model = nn.MLP(1, [1], seed=0)
    >>> history = fit(model, X, 3 * X[:, 0] + 1, optimizer="sgd", lr=0.1, epochs=60, batch_size=5)
    >>> [round(p.data, 3) for p in model.parameters()]
    [3.0, 1.0]
    """
    refuse_unknown(fit, plain)
    chosen_optimizer, chosen = _optimizer(model, optimizer, lr), named(loss, LOSSES, "loss")
    labels = Labels.of(y, chosen)
    data = Data.of(X, y if labels is None else labels.numbers(y), sample_weight, dtype)
    data, held_out = with_held_out(data, validation_of(validation, plain), labels, dtype)
    _refuse_misfits(model, data, held_out, chosen, chosen_optimizer, schedule)
    if labels is not None:
        labels.refuse_other_width(width(first_output(model, data.X)))
    refuse_no_functions(callbacks)
    settings = Settings(
        epochs=integer("epochs", epochs, 1),
        batch_size=len(data.X) if batch_size is None else min(integer("batch_size", batch_size, 1), len(data.X)),
        loss=chosen, metrics=metric_functions(metrics, chosen),
        shuffle=bool(shuffle), seed=integer("seed", seed), l2=at_least_zero("l2", l2),
        clip_norm=clip_grad_norm if clip_grad_norm is None else number("clip_grad_norm", clip_grad_norm),
        clip_value=clip_grad_value if clip_grad_value is None else number("clip_grad_value", clip_grad_value),
        stop=stop_of(stop, stop_below, patience, plain.get("max_steps")),
        checkpoint=checkpoint_of(checkpoint, plain.get("checkpoint_every")),
        shards=shards_of(shards, plain.get("executor")),
    )  # fmt: skip
    recorder = Snapshots.of(record)
    with one_training(settings.checkpoint.path if settings.checkpoint is not None else None):
        run = Training(model, chosen_optimizer, settings, data, held_out, schedule, dtype, engine)
        run.history.classes = None if labels is None else labels.classes
        if recorder is None:
            return run.run(callbacks, progress)
        with recorder.watching(run):
            return run.run([*callbacks, recorder], progress)


# ── what fit is given ───────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_misfits(
    model: Function, data: Data, held_out: Data | None, loss: Function, optimizer: Optimizer, schedule: object
) -> None:
    """Raise TypeError or ValueError for targets that the loss does not take, and for a schedule of something else."""
    if schedule is not None and not callable(getattr(schedule, "step", None)):
        raise TypeError(f"a schedule has step(), as those of nn.optim.schedules, and is not {schedule!r:.60}")
    if getattr(schedule, "optimizer", optimizer) is not optimizer:
        raise ValueError("the schedule is of another optimizer: make it with the one that is given to fit")
    classes = width(first_output(model, data.X))
    refuse_targets(loss, data.y, classes)
    if held_out is not None:
        refuse_targets(loss, held_out.y, classes, "validation's y")
    warn_of_rectified(model, loss, data.y)


def _optimizer(model: Function, given: str | Optimizer | Callable[..., Optimizer], lr: float | None) -> Optimizer:
    if isinstance(given, Optimizer):
        if lr is not None:
            raise ValueError("lr is the optimizer's own: give it there, or name the optimizer")
        _refuse_foreign(model, given)
        return given
    kind = named(given, OPTIMIZERS, "optimizer")
    if not hasattr(model, "parameters"):
        raise TypeError(f"{kind_of(model)} has no parameters(): give an optimizer made with them")
    return kind(model.parameters()) if lr is None else kind(model.parameters(), lr=lr)  # type: ignore[no-any-return]


def _refuse_foreign(model: Function, optimizer: Optimizer) -> None:
    """Raise ValueError for parameters that are not the model's; some of the model's are enough."""
    if not hasattr(model, "parameters"):
        return
    own = set(model.parameters())
    foreign = [x for x in optimizer.parameters if x not in own]
    if foreign:
        raise ValueError(
            f"{len(foreign)} of the optimizer's {len(optimizer.parameters)} parameters are not the model's: "
            f"make it with model.parameters(), as nn.{kind_of(optimizer)}(model.parameters())"
        )
