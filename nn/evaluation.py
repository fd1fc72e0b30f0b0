"""predict and evaluate: a model's outputs, losses and metrics on arrays of samples."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import RecordingError, Value
from nn.losses import LOSSES, bce_with_logits
from nn.metrics import METRICS

__all__ = ["evaluate", "predict"]

Array = NDArray[Any]
Engine = Literal["compiled", "eager"]
Loss = str | Callable[..., Any]
Metric = str | Callable[[Any, Any], float]


def predict(model: Any, X: Any, engine: Engine = "compiled", dtype: str = "float64") -> Array:
    """The model's output for each sample: (samples,) where it has one output, else (samples, outputs).

    >>> import nn
    >>> predict(nn.MLP(2, [3, 1], seed=0), [[1.0, 2.0], [0.0, 0.0]]).shape
    (2,)
    """
    rows = _samples(X, "X")
    if engine == "compiled":
        try:
            return _stacked(autograd.compile(model, dtype=dtype)(rows))
        except RecordingError as error:
            warn_eager(error)
    with autograd.no_grad():
        return np.array([_numbers(model(plain_row(row))) for row in rows], dtype)


def evaluate(
    model: Any, X: Any, y: Any, loss: Loss = "mse", metrics: Metric | Sequence[Metric] = (), engine: Engine = "compiled"
) -> dict[str, float]:
    """The mean loss over the samples, and each metric, by name.

    >>> import nn
    >>> evaluate(nn.MLP(1, [1], seed=0), [[0.0]], [2.0], metrics="mean_absolute_error")
    {'loss': 4.0, 'mean_absolute_error': 2.0}
    """
    data = Data.of(X, y, None, "float64")
    chosen = named(loss, LOSSES, "loss")
    return evaluated(model, data, chosen, metric_functions(metrics, chosen), engine)


@dataclass
class Data:
    """Samples, targets, and a weight for each, or None."""

    X: Array
    y: Array
    weight: Array | None = None

    @classmethod
    def of(cls, X: Any, y: Any, weight: Any, dtype: str) -> Data:
        X, y = _samples(X, "X"), _samples(y, "y")
        if len(X) != len(y):
            raise ValueError(f"{len(X)} samples in X for {len(y)} targets in y")
        if not len(X):
            raise ValueError("no samples: there is nothing to learn from")
        if weight is not None:
            weight = np.asarray(weight, dtype)
            if weight.shape != (len(X),) or not np.isfinite(weight).all() or (weight < 0).any() or not weight.sum() > 0:
                raise ValueError(f"sample_weight is {len(X)} numbers from 0 up, not all 0; it is {weight.shape}")
            weight = weight / weight.mean()
        return cls(X, y, weight)

    def arrays(self) -> list[Array]:
        return [self.X, self.y] if self.weight is None else [self.X, self.y, self.weight]


def evaluated(
    model: Any,
    data: Data,
    loss: Callable[..., Any],
    metrics: Mapping[str, Callable[[Any, Any], float]],
    engine: Engine,
    predictor: Any = None,
) -> dict[str, float]:
    """The loss and the metrics of a model on data, from outputs computed once."""
    outputs = _stacked(predictor(data.X)) if predictor is not None else predict(model, data.X, engine)
    found = {"loss": _mean_loss(loss, outputs, data.y)}
    for name, metric in metrics.items():
        found[name] = float(metric(data.y, outputs))
    return found


def _mean_loss(loss: Callable[..., Any], outputs: Array, targets: Array) -> float:
    """The loss of predictions that are there already, averaged."""
    try:
        values = autograd.compile(loss)(outputs, targets)
        return float(np.mean(values))
    except RecordingError:
        pairs = zip(outputs, targets, strict=True)
        return float(np.mean([_numbers(loss(plain_row(p), plain_row(t))) for p, t in pairs]))


def _samples(given: Any, name: str) -> Array:
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows have different lengths") from error
    if array.dtype.kind in "iub" and array.ndim:
        return array
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} is an array of {array.dtype}: numbers are expected")
    if not array.ndim:
        raise ValueError(f"{name} is one number: an array with a row for each sample is expected")
    with np.errstate(all="ignore"):
        total = array.sum()  # finite where all numbers are, but for an overflow; it needs no memory
    if not np.isfinite(total) and not np.isfinite(array).all():
        first = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{name} has a number that is not finite, first at {first}")
    return array  # as it is: a batch is converted when it is copied into place


def plain_row(row: Any) -> Any:
    """A row as plain numbers: a list, or one number."""
    return row.tolist() if isinstance(row, np.ndarray) else row.item()


def _stacked(outputs: Any) -> Array:
    return np.stack(outputs, axis=1) if isinstance(outputs, (list, tuple)) else np.asarray(outputs)


def _numbers(output: Any) -> Any:
    if isinstance(output, Value):
        return output.data
    return [_numbers(x) for x in output] if isinstance(output, (list, tuple, np.ndarray)) else output


def named(given: Any, table: Mapping[str, Any], what: str) -> Any:
    """A function, or the one of that name in the table. Raises ValueError for a name that is not."""
    if callable(given):
        return given
    if given not in table:
        raise ValueError(f"no {what} {given!r}: a function, or one of {', '.join(sorted(table))}")
    return table[given]


def metric_functions(given: Any, loss: Callable[..., Any]) -> dict[str, Callable[[Any, Any], float]]:
    """The functions of metrics, by name. Where the loss takes logits of one output, its classes change at 0."""
    several = [given] if isinstance(given, str) or callable(given) else list(given)
    found = {}
    for x in several:
        metric = named(x, METRICS, "metric")
        if loss is bce_with_logits and isinstance(x, str) and "threshold" in inspect.signature(metric).parameters:
            metric = functools.partial(metric, threshold=0.0)
        found[x if isinstance(x, str) else getattr(x, "__name__", "metric")] = metric
    return found


def warn_eager(error: RecordingError) -> None:
    """Say that a model runs eagerly, and why."""
    warnings.warn(f"the model does not compile, so it runs eagerly: {error}", stacklevel=4)
