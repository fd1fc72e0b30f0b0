"""predict and evaluate: a model's outputs, losses and metrics on arrays of samples."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import RecordingError, Value
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of, printable
from nn.losses import LOSSES, bce_with_logits, refuse_targets
from nn.metrics import METRICS

__all__ = ["evaluate", "predict"]

Array = NDArray[Any]
Engine = Literal["compiled", "eager"]
Loss = str | Callable[..., Any]
Metric = str | Callable[[Any, Any], float]


def predict(model: Any, X: Any, engine: Engine = "compiled", dtype: str = "float64") -> Array:
    """The model's output for each sample: (samples,) where it has one output, else (samples, outputs).

    Raises ValueError for samples the model does not take.

    >>> import nn
    >>> predict(nn.MLP(2, [3, 1], seed=0), [[1.0, 2.0], [0.0, 0.0]]).shape
    (2,)
    """
    rows = _samples(X, "X")
    known_engine(engine)
    output = first_output(model, rows if len(rows) else np.ones((1, *rows.shape[1:])))
    if not len(rows):
        return np.empty((0, *np.shape(_numbers(output))), dtype)
    return _outputs(model, autograd.compile(model, dtype=dtype) if engine == "compiled" else None, rows, dtype)


def evaluate(
    model: Any, X: Any, y: Any, loss: Loss = "mse", metrics: Metric | Sequence[Metric] = (), engine: Engine = "compiled"
) -> dict[str, float]:
    """The mean loss over the samples, and each metric, by name.

    Raises ValueError for samples the model does not take, and for targets the loss does not.

    >>> import nn
    >>> evaluate(nn.MLP(1, [1], seed=0), [[0.0]], [2.0], metrics="mean_absolute_error")
    {'loss': 4.0, 'mean_absolute_error': 2.0}
    """
    data = Data.of(X, y, None, "float64")
    chosen = named(loss, LOSSES, "loss")
    known_engine(engine)
    refuse_targets(chosen, data.y, width(first_output(model, data.X)))
    return Evaluation(model, chosen, metric_functions(metrics, chosen), engine)(data)


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
            one = f"; one sample of {len(X)} numbers is a row, [X] or X[None]" if X.ndim == len(y) == 1 else ""
            raise ValueError(f"{len(X)} samples in X for {len(y)} targets in y{one}")
        if not len(X):
            raise ValueError("no samples: there is nothing to learn from")
        if weight is not None:
            weight = plain_array(weight, "sample_weight", dtype)
            if weight.shape != (len(X),) or not np.isfinite(weight).all() or (weight < 0).any() or not weight.sum() > 0:
                raise ValueError(f"sample_weight is {len(X)} numbers from 0 up, not all 0; it is {weight.shape}")
            weight = weight / weight.mean()
        return cls(X, y, weight)

    def arrays(self) -> list[Array]:
        return [self.X, self.y] if self.weight is None else [self.X, self.y, self.weight]


class Evaluation:
    """Called with data: the loss and the metrics of a model, from outputs computed once. What is compiled is kept."""

    def __init__(
        self,
        model: Any,
        loss: Callable[..., Any],
        metrics: Mapping[str, Callable[[Any, Any], float]],
        engine: Engine,
        dtype: str = "float64",
    ) -> None:
        self.model, self.loss, self.metrics, self.dtype = model, loss, metrics, dtype
        self._program = autograd.compile(model, dtype=dtype) if engine == "compiled" else None
        self._loss = autograd.compile(loss)

    def __call__(self, data: Data) -> dict[str, float]:
        """The mean loss, and each metric by its name."""
        outputs = _outputs(self.model, self._program, data.X, self.dtype)
        return {"loss": self._mean_loss(outputs, data.y)} | {
            name: float(metric(data.y, outputs)) for name, metric in self.metrics.items()
        }

    def _mean_loss(self, outputs: Array, targets: Array) -> float:
        if refusal(self._loss, outputs, targets) is None:
            return float(np.mean(self._loss(outputs, targets)))
        with autograd.no_grad():
            pairs = zip(outputs, targets, strict=True)
            return float(np.mean([_numbers(loss_of(self.loss, _values(p), t)) for p, t in pairs]))


def _outputs(model: Any, program: Any, rows: Array, dtype: str) -> Array:
    """The outputs from the compiled model, or row by row where there is none or it does not compile."""
    refused = None if program is None else refusal(program, rows)
    if program is not None and refused is None:
        return _stacked(program(rows))
    with autograd.no_grad():
        outputs = np.array([_numbers(called(model, row)) for row in rows], dtype)
    if refused is not None:
        warn_eager("model", refused)
    return outputs


def _samples(given: Any, name: str) -> Array:
    try:
        array = plain_array(given, name)
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


def first_output(model: Any, X: Array) -> Any:
    """The model's output for the first sample, so that what it does not take is found at once.

    Raises what the model raises, and ValueError where X has one number a sample and the model takes several.
    """
    try:
        with autograd.no_grad():
            return called(model, X[0])
    except (IndexError, TypeError, ValueError) as error:
        if X.ndim == 2 or (X.ndim > 2 and not isinstance(error, ValueError)):
            raise
        if X.ndim > 2:
            raise ValueError(
                f"{str(error).partition('; a batch')[0]}: a sample of X is {X.shape[1:]}\n"
                "  try             X.reshape(len(X), -1), where the model takes flat samples"
            ) from error
        raise ValueError(
            f"X is {X.shape}, {len(X)} samples of one number, and the model does not take one number: {error}\n"
            f"  try             [X] or X[None], if it is one sample of {len(X)} numbers"
        ) from error


def width(output: Any) -> int | None:
    """How many outputs there are; None for a bare one."""
    return len(output) if np.ndim(output) else None


def called(f: Callable[..., Any], row: Any) -> Any:
    """f of a row as the eager engine calls it: on plain numbers, or on Values where it takes only those, as x[0].exp().

    What is a number is one that a table can be asked for, or math.sin; what is an array is one for the compiler, too.
    """
    try:
        return f(plain_row(row))
    except (AttributeError, TypeError):
        with contextlib.suppress(Exception):
            return f(_values(row))
        raise


def loss_of(loss: Callable[..., Any], output: Any, target: Any) -> Any:
    """The loss of one sample, as the eager engine calls it. Raises TypeError for one that wants a whole batch."""
    try:
        return called(functools.partial(loss, output), target)
    except TypeError as error:
        if not re.search("not iterable|has no len|not subscriptable|support iteration|0-d array|unsized", str(error)):
            raise
        raise TypeError(
            f"{error}\n  a loss gets one sample's output and target; their mean over a batch is taken outside of it"
        ) from error


def _values(row: Any) -> Any:
    """A row as Values: an array of them, or one."""
    if not isinstance(row, np.ndarray):
        return Value(float(row))
    made = np.empty(row.size, dtype=object)
    made[:] = [Value(x) for x in row.astype(float).ravel().tolist()]
    return made.reshape(row.shape)


def plain_row(row: Any) -> Any:
    """A row as Python's own numbers: an array of them, which does not overflow, or one."""
    return row.astype(object) if isinstance(row, np.ndarray) else row.item()


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
        raise ValueError(f"no {what} {given!r:.60}: a function, or one of {', '.join(sorted(table))}")
    return table[given]


def metric_functions(given: Any, loss: Callable[..., Any]) -> dict[str, Callable[[Any, Any], float]]:
    """The functions of metrics, by name. Where the loss takes logits of one output, its classes change at 0."""
    several = [given] if isinstance(given, str) or callable(given) else list(given)
    found: dict[str, Callable[[Any, Any], float]] = {}
    for x in several:
        metric = named(x, METRICS, "metric")
        if loss is bce_with_logits and isinstance(x, str) and "threshold" in inspect.signature(metric).parameters:
            metric = functools.partial(metric, threshold=0.0)
        name = x if isinstance(x, str) else getattr(x, "__name__", "metric")
        if found.get(name) is metric:
            continue
        taken = [
            other for other in ("loss", *found) if other == name or re.fullmatch(r" \d+", other.removeprefix(name))
        ]
        found[f"{name} {len(taken) + 1}" if taken else name] = metric
    return found


def known_engine(engine: Any) -> None:
    """Raise ValueError for an engine there is not."""
    if engine not in ("compiled", "eager"):
        raise ValueError(f"engine is 'compiled' or 'eager', not {engine!r:.60}")


def refusal(program: Any, *batches: Array) -> Exception | None:
    """Why a function does not compile; None if it does.

    One that takes a number for what it is (an index, a key, what math.sin takes) raises what it will on a Value.
    """
    try:
        program.record(*[x[:1] for x in batches])
    except Exception as error:
        return error
    return None


def warn_eager(what: str, error: Exception) -> None:
    """Say that a model or a loss runs eagerly, and why."""
    why = error if isinstance(error, RecordingError) else f"{kind_of(error)}: {printable(str(error), 300)}"
    warnings.warn(f"the {what} does not compile, so it runs eagerly: {why}", stacklevel=4)
