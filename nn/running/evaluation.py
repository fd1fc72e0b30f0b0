"""predict and evaluate: compute a model's outputs, loss and metrics on arrays of samples."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import autograd
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from autograd.util.suggestions import lookup_error
from nn.layers.arguments import rows_given
from nn.losses import LOSSES, bce_with_logits
from nn.losses.table import refuse_targets
from nn.metrics import METRICS
from nn.modes import predicting
from nn.running.data import Data, samples_of
from nn.running.labels import Labels
from nn.running.outputs import Outputs, Part, in_order
from nn.running.row_function import Engine, Function, RowFunction, as_values, called, loss_of, plain
from nn.running.sequences import ClassLoss, has_rows, is_ragged, padded

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["evaluate", "predict"]

Loss = str | Function
Score = Callable[[Any, Any], float]
Metric = str | Score


def predict(model: Function, X: ArrayLike, engine: Engine = "compiled", dtype: str = "float64") -> Array:
    """Compute the model's output for each sample: (samples,) if it has one output, else (samples, outputs).

    If outputs differ in shape, as those of a GPT for sequences of different lengths, the result is an array of arrays.

    model: a Module, or any function of one sample.
    X: (samples, …); or a list of sequences of different lengths.
    engine: "compiled" or "eager"; a model that does not compile runs eagerly, with a warning.
    dtype: "float64" or "float32".

    Raises ValueError for samples that the model does not take.

    >>> import nn
    >>> predict(nn.MLP(2, [3, 1], seed=0), [[1.0, 2.0], [0.0, 0.0]]).shape
    (2,)
    """
    sequences, lengths = padded(X, "X") if is_ragged(X) else (X, None)
    rows, outputs = samples_of(sequences, "X"), Outputs(model, engine, dtype)
    output = first_output(model, rows if len(rows) else np.ones((1, *rows.shape[1:])), lengths)
    if not len(rows):
        return np.empty((0, *np.shape(plain(output))), dtype)
    parts = list(outputs(Data(rows, rows, lengths=lengths)))
    outputs.warn_if_eager()
    return in_order(parts)


def evaluate(
    model: Function,
    X: ArrayLike,
    y: ArrayLike,
    loss: Loss = "mse",
    metrics: Metric | Sequence[Metric] = (),
    engine: Engine = "compiled",
) -> dict[str, float]:
    """Compute the mean loss over the samples and each metric, by name; over the tokens, if each has a target.

    model: a Module, or any function of one sample.
    X: (samples, …); or a list of sequences of different lengths.
    y: the same as for ``nn.fit``; text labels must have as many classes as the model has outputs.
    loss: a name, or a function of one prediction and one target.
    metrics: names or functions (y_true, y_pred).
    engine: "compiled" or "eager".

    Raises ValueError for samples that the model does not take, and for targets that the loss does not take.

    >>> import nn
    >>> evaluate(nn.MLP(1, [1], seed=0), [[0.0]], [2.0], metrics="mean_absolute_error")
    {'loss': 4.0, 'mean_absolute_error': 2.0}
    """
    chosen = named(loss, LOSSES, "loss")
    labels = Labels.of(y, chosen)
    data = Data.of(X, y if labels is None else labels.numbers(y), None, "float64")
    evaluation = Evaluation(model, chosen, metric_functions(metrics, chosen), engine)
    output = first_output(model, data.X, data.lengths)
    refuse_misfits(chosen, data, output)
    if labels is not None:
        labels.refuse_other_width(width(output))
    return evaluation(data.counted(chosen, output))


class Evaluation:
    """A function of data that returns a model's loss and metrics. Outputs are computed once, programs are kept."""

    def __init__(
        self,
        model: Function,
        loss: Function,
        metrics: Mapping[str, Score],
        engine: Engine,
        dtype: str = "float64",
    ) -> None:
        self.metrics = metrics
        self._outputs, self._of_classes = Outputs(model, engine, dtype, loss), ClassLoss.of(loss)
        self._loss = functools.partial(
            RowFunction, loss, eagerly=lambda output, target: loss_of(loss, as_values(output), target)
        )
        self._losses: dict[int, RowFunction] = {}  # by the length of the sequences

    def __call__(self, data: Data) -> dict[str, float]:
        """Compute the mean loss and each metric, by name."""
        parts = list(self._outputs(data))
        self._outputs.warn_if_eager()
        losses = np.empty(len(data.X))
        for part in parts:
            losses[part.chosen] = self._losses.setdefault(part.length, self._loss())(part.outputs, part.data.y)
        y, outputs = self._for_metrics(parts)
        return {"loss": float(np.average(losses, weights=data.counts))} | {
            name: float(metric(y, outputs)) for name, metric in self.metrics.items()
        }

    def _for_metrics(self, parts: Sequence[Part]) -> tuple[Array, Array]:
        """Return targets and outputs: a row for each target that counts, if outputs have one; else for each sample."""
        targets, outputs = parts[0].data.y, parts[0].outputs
        if targets.ndim == 2 and outputs.ndim == 3:
            targets = np.concatenate([part.data.y.ravel() for part in parts])
            outputs = np.concatenate([part.outputs.reshape(-1, part.outputs.shape[2]) for part in parts])
            is_counted = slice(None) if self._of_classes is None else targets != self._of_classes.ignore_index
            return targets[is_counted], outputs[is_counted]
        return (targets, outputs) if len(parts) == 1 else (in_order(parts, [x.data.y for x in parts]), in_order(parts))


def first_output(model: Function, X: Array, lengths: Array | None = None) -> Any:
    """Compute the model's output for the first sample, so that wrong inputs are found at once.

    Of sequences, the longest, the shortest and those with the largest and the smallest number are tried, too.

    Raises the model's errors, and ValueError if X has one number per sample but the model takes several.
    """
    if lengths is not None:
        return _first_of_sequences(model, X, lengths)
    try:
        with autograd.no_grad(), predicting():
            return called(model, X[0])
    except (IndexError, TypeError, ValueError) as error:
        what, has_advice, _ = str(error).partition("\n  try  ")
        is_of_sample = X.ndim > 2 and isinstance(error, ValueError)
        if is_of_sample and (not has_advice or what.endswith(f"inputs, not {rows_given(X[0])}")):
            raise ValueError(
                f"{what}: a sample of X has shape {X.shape[1:]}\n"
                "  try             X.reshape(len(X), -1), if the model takes flat samples\n"
                "  each step       [layer(x) for x in xs], in the forward of a Module of your own, for sequences"
            ) from error
        if X.ndim > 1 or has_advice:
            raise
        raise ValueError(
            f"X has shape {X.shape}, so each sample is one number, which the model does not take: {error}\n"
            f"  try             [X] or X[None], if X is one sample of {len(X)} numbers"
        ) from error


def _first_of_sequences(model: Function, X: Array, lengths: Array) -> Any:
    flat = X.reshape(len(X), -1)
    extremes = [lengths.argmax(), lengths.argmin(), flat.max(axis=1).argmax(), flat.min(axis=1).argmin()]
    outputs = []
    for i in dict.fromkeys([0, *map(int, extremes)]):
        try:
            with autograd.no_grad(), predicting():
                outputs.append(called(model, X[i, : lengths[i]]))
        except (IndexError, TypeError, ValueError) as error:
            what, has_advice, advice = str(error).partition("\n  try  ")
            raise ValueError(
                f"{what}\n  given           X[{i}], of length {lengths[i]}; X is ragged, so its rows are sequences"
                f"{has_advice}{advice}"
            ) from error
    return outputs[0]


def refuse_misfits(loss: Callable[..., Any], data: Data, output: object, name: str = "y") -> None:
    """Raise ValueError, naming it, for a target that the loss does not take. output: the model's, for a sample."""
    of_classes, y = ClassLoss.of(loss), data.y
    classes: int = len(output[0]) if has_rows(output) else width(output) or 1  # type: ignore[index]
    if of_classes is not None and of_classes.weight is not None and len(of_classes.weight) != classes:
        raise ValueError(f"the model has {classes} logits, but the loss has {len(of_classes.weight)} class weights")
    if data.has_target_each and data.lengths is not None:  # instead of what the array is filled up with
        y = np.where(np.arange(y.shape[1]) < data.lengths[:, None], y, y[:, :1])
    if of_classes is None or not has_rows(output) or y.ndim != 2:
        refuse_targets(loss, y, width(output), name)
        return
    is_taken = (y >= 0) & (y < classes) & (y == y // 1) | (y == of_classes.ignore_index)
    for i, j in np.argwhere(~is_taken)[:1].tolist():
        raise ValueError(
            f"cross_entropy takes targets from 0 to {classes - 1}, one class for each of the {classes} logits in a row "
            f"of the model's output, but {name}[{i}][{j}] is {float(y[i, j]):g}"
        )


def width(output: Any) -> int | None:
    """Return the number of outputs; None for a bare output."""
    return len(output) if np.ndim(output) else None


def named(given: object, table: Mapping[str, Any], what: str) -> Any:
    """Return a function, or look up its name in the table, ignoring case. Raises ValueError for an unknown name."""
    if callable(given):
        return given
    by_lower_case = {name.lower(): x for name, x in table.items()}
    if not isinstance(given, str) or given.lower() not in by_lower_case:
        first_names = {x: name for name, x in reversed(list(table.items()))}
        raise ValueError(lookup_error(what, given, table, f"pass {_A[what]}", sorted(first_names.values())))
    return by_lower_case[given.lower()]


_A = {"loss": "a function", "metric": "a function (y_true, y_pred)", "optimizer": "an optimizer"}


def metric_functions(given: Metric | Sequence[Metric], loss: Callable[..., Any]) -> dict[str, Score]:
    """Return the metrics' functions by name. If the loss takes logits of one output, the threshold is 0."""
    several = [given] if isinstance(given, str) or callable(given) else list(given)
    functions: dict[str, Score] = {}
    for x in several:
        metric = named(x, METRICS, "metric")
        if (
            getattr(loss, "func", loss) is bce_with_logits
            and isinstance(x, str)
            and "threshold" in inspect.signature(metric).parameters
        ):
            metric = functools.partial(metric, threshold=0.0)
        name = x if isinstance(x, str) else getattr(x, "__name__", "metric")
        if functions.get(name) is metric:
            continue
        taken = [
            other for other in ("loss", *functions) if other == name or re.fullmatch(r" \d+", other.removeprefix(name))
        ]
        functions[f"{name} {len(taken) + 1}" if taken else name] = metric
    return functions
