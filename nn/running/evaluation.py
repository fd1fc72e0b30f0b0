"""predict and evaluate: compute a model's outputs, loss and metrics on arrays of samples."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import autograd
from autograd.util.arrays import Array
from autograd.util.suggestions import lookup_error
from nn.losses import LOSSES, bce_with_logits, refuse_targets
from nn.metrics import METRICS
from nn.modes import predicting
from nn.running.data import Data, samples_of
from nn.running.labels import Labels
from nn.running.row_function import Engine, Function, RowFunction, as_values, called, loss_of, plain

__all__ = ["evaluate", "predict"]

Loss = str | Function
Score = Callable[[Any, Any], float]
Metric = str | Score


def predict(model: Function, X: ArrayLike, engine: Engine = "compiled", dtype: str = "float64") -> Array:
    """Compute the model's output for each sample: (samples,) if it has one output, else (samples, outputs).

    model: a Module, or any function of one sample.
    X: (samples, …).
    engine: "compiled" or "eager"; a model that does not compile runs eagerly, with a warning.
    dtype: "float64" or "float32".

    Raises ValueError for samples that the model does not take.

    >>> import nn
    >>> predict(nn.MLP(2, [3, 1], seed=0), [[1.0, 2.0], [0.0, 0.0]]).shape
    (2,)
    """
    rows = samples_of(X, "X")
    f = RowFunction(model, engine=engine, dtype=dtype)
    output = first_output(model, rows if len(rows) else np.ones((1, *rows.shape[1:])))
    if not len(rows):
        return np.empty((0, *np.shape(plain(output))), dtype)
    outputs = f(rows)
    f.warn_if_eager("model")
    return outputs


def evaluate(
    model: Function,
    X: ArrayLike,
    y: ArrayLike,
    loss: Loss = "mse",
    metrics: Metric | Sequence[Metric] = (),
    engine: Engine = "compiled",
) -> dict[str, float]:
    """Compute the mean loss over the samples and each metric, by name.

    model: a Module, or any function of one sample.
    X: (samples, …).
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
    outputs = width(first_output(model, data.X))
    refuse_targets(chosen, data.y, outputs)
    if labels is not None:
        labels.refuse_other_width(outputs)
    return evaluation(data)


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
        self._model = RowFunction(model, engine=engine, dtype=dtype)
        self._loss = RowFunction(loss, eagerly=lambda output, target: loss_of(loss, as_values(output), target))

    def __call__(self, data: Data) -> dict[str, float]:
        """Compute the mean loss and each metric, by name."""
        outputs = self._model(data.X)
        self._model.warn_if_eager("model")
        return {"loss": self._loss.mean(outputs, data.y)} | {
            name: float(metric(data.y, outputs)) for name, metric in self.metrics.items()
        }


def first_output(model: Function, X: Array) -> Any:
    """Compute the model's output for the first sample, so that wrong inputs are found at once.

    Raises the model's errors, and ValueError if X has one number per sample but the model takes several.
    """
    try:
        with autograd.no_grad(), predicting():
            return called(model, X[0])
    except (IndexError, TypeError, ValueError) as error:
        if X.ndim == 2 or (X.ndim > 2 and not isinstance(error, ValueError)) or "\n  try  " in str(error):
            raise
        if X.ndim > 2:
            raise ValueError(
                f"{str(error).partition('; pass a batch')[0]}: a sample of X has shape {X.shape[1:]}\n"
                "  try             X.reshape(len(X), -1), if the model takes flat samples"
            ) from error
        raise ValueError(
            f"X has shape {X.shape}, so each sample is one number, which the model does not take: {error}\n"
            f"  try             [X] or X[None], if X is one sample of {len(X)} numbers"
        ) from error


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
