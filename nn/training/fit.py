"""fit: train a model on arrays. The compiled and the eager engine give the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from autograd.util.printable import kind_of
from nn.inspect.snapshots import Snapshots
from nn.logits import warn_of_rectified
from nn.losses import LOSSES
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import OPTIMIZERS
from nn.optim.settings import at_least_zero, integer, number
from nn.running.class_weights import ClassWeight, with_class_weights
from nn.running.data import Data
from nn.running.evaluation import Loss, Metric, first_output, metric_functions, named, refuse_misfits, width
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

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

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
    class_weight: ClassWeight | None = None,
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
    """Train a model on samples X and targets y, and return the history of the training.

    model: a Module, or a function of one sample that has ``parameters()``.
    X: (samples, …); or a list of sequences of different lengths, such as token ids: (length, …) each.
    y: (samples,) or (samples, k); class labels can be integers, one-hot rows or text (``history.classes`` lists them).
    For sequences one target each, or a sequence of as many.
    loss: a name, or a function of one prediction and one target (arrays, if they have several numbers). An epoch's
    loss is the mean over its samples, or over its tokens if there is a target for each, as in PyTorch.
    optimizer: a name ("adam", "Adam"), a class, or an optimizer created with the model's parameters.
    epochs: the number of epochs in total, including those before a checkpoint.
    batch_size: the number of samples per step, None for all; a smaller last batch is used like the others.
    lr: the learning rate, if the optimizer is a name or a class.
    validation: (X, y) to evaluate after each epoch.
    metrics: names or functions (y_true, y_pred), measured on the validation data, or without any on the training data.
    stop_below: stop when an epoch's loss is below this number, if the loss on the training data is too, measured with
    the parameters at the end of the epoch.
    patience: stop after this many epochs without a better loss, and restore the best parameters (also at any other end
    except Ctrl-C). The loss is measured at the end of each epoch on the validation data, or without any on the
    training data: this is ``history["loss_after"]``, it costs a pass without gradients per epoch, and the initial
    parameters count as well.
    stop: ``nn.Stop``, which combines the two with a number of steps.
    callbacks: functions that are called with the Training after each epoch; if one returns True, training stops. One
    with the attribute ``each_step = True`` is called after each step, when only ``run.theta`` has the new parameters.
    schedule: a learning rate schedule, whose ``step()`` is called after each epoch.
    clip_grad_norm, clip_grad_value: limits for the gradient's norm and for its numbers.
    l2: adds l2·Σp² to the loss.
    sample_weight: (samples,), scaled to a mean of 1.
    class_weight: weights for the classes in y, which multiply those of their samples: a dict by class, a list in the
    order of the classes, or "balanced" for n / (k·nₖ), with which rare classes count as much as frequent ones.
    shuffle, seed: whether each epoch goes through the samples in a new random order, and the seed for it.
    engine: "compiled" or "eager"; a model that does not compile is trained eagerly, with a warning that says why.
    dtype: "float64" or "float32", for parameters and gradients.
    checkpoint: a file, written every 30 seconds, or ``nn.Checkpoint`` for another interval; see below.
    progress: show a progress bar; by default only in a terminal or notebook.
    record: True, a number of epochs between snapshots, or Snapshots, to watch with ``autograd.play(history)``.
    shards: ``nn.Shards``, the workers that compute each batch's gradient in parts.
    plain: ``max_steps``, ``checkpoint_every`` and ``executor`` (with a number for ``shards``) instead of nn.Stop,
    nn.Checkpoint and nn.Shards; and Keras's ``validation_data`` and ``validation_split``, the share of the samples,
    taken from the end without shuffling, that is held out for validation.

    Each length of sequences is recorded, and has a program of its own, unless the loss is cross_entropy and the model
    has the attribute ``causal = True``, which says that no output depends on later tokens, as in ``nn.GPT``: then all
    are padded to the longest, and one program runs a whole batch. Results are the same.

    A checkpoint is written repeatedly, on Ctrl-C and at the end. If the file exists, training continues from it exactly
    as if it had never stopped, bit for bit. Everything that affects the numbers (data, model, loss, optimizer and its
    lr, …) must be the same as before; you may change how training stops and what it shows. If ``stop_below``,
    ``patience`` or a callback (called again for the last epoch) already ends it, nothing is trained, and a warning
    says so.

    Ctrl-C stops after the current step. Raises NonFiniteError, naming step, samples and operation, before parameters
    change; ValueError for data that do not fit; FileNotFoundError if the checkpoint's folder does not exist; and
    CheckpointError, saying where or what, for a checkpoint that is damaged, was edited, belongs to a different training
    or is being used by another process.

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
    output = first_output(model, data.X, data.lengths)
    _refuse_misfits(model, output, data, held_out, chosen, chosen_optimizer, schedule)
    if labels is not None:
        labels.refuse_other_width(width(output))
    data = with_class_weights(data, class_weight, labels)
    data, held_out = data.counted(chosen, output), held_out and held_out.counted(chosen, output)
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


# ── checking the arguments ────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_misfits(
    model: Function,
    output: object,
    data: Data,
    held_out: Data | None,
    loss: Function,
    optimizer: Optimizer,
    schedule: object,
) -> None:
    """Raise TypeError or ValueError for targets that the loss does not take, and for a schedule that does not fit."""
    if schedule is not None and not callable(getattr(schedule, "step", None)):
        raise TypeError(f"a schedule must have step(), like those in nn.optim.schedules, but this is {schedule!r:.60}")
    if getattr(schedule, "optimizer", optimizer) is not optimizer:
        raise ValueError("the schedule belongs to another optimizer: create it with the one you pass to fit")
    refuse_misfits(loss, data, output)
    if held_out is not None:
        refuse_misfits(loss, held_out, output, "validation's y")
    warn_of_rectified(model, loss, data.y)


def _optimizer(model: Function, given: str | Optimizer | Callable[..., Optimizer], lr: float | None) -> Optimizer:
    if isinstance(given, Optimizer):
        if lr is not None:
            raise ValueError(
                "lr cannot be passed together with an optimizer object: set its lr, or pass the optimizer's name"
            )
        _refuse_foreign(model, given)
        return given
    kind = named(given, OPTIMIZERS, "optimizer")
    if not hasattr(model, "parameters"):
        raise TypeError(f"{kind_of(model)} has no parameters(): pass an optimizer created with its parameters")
    return kind(model.parameters()) if lr is None else kind(model.parameters(), lr=lr)  # type: ignore[no-any-return]


def _refuse_foreign(model: Function, optimizer: Optimizer) -> None:
    """Raise ValueError if the optimizer has parameters that are not the model's; it need not have all of them."""
    if not hasattr(model, "parameters"):
        return
    own = set(model.parameters())
    foreign = [x for x in optimizer.parameters if x not in own]
    if foreign:
        raise ValueError(
            f"{len(foreign)} of the optimizer's {len(optimizer.parameters)} parameters do not belong to the model: "
            f"create it as nn.{kind_of(optimizer)}(model.parameters())"
        )
