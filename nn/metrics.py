"""Metrics: functions (y_true, y_pred) of arrays that say how good predictions are.

A metric is one function in this file, marked ``@_metric``, which also enters it in the table ``METRICS``. Names,
averages and the result of a division by zero are scikit-learn's.

**Classes** can be given in several forms, in y_true and y_pred alike: (n,) or (n, 1) whole-number labels; or (n, k)
one-hot rows or scores of k classes, of which the largest counts (the first if several are equal). If y_true has two
classes, y_pred can also be (n,) or (n, 1) floats from a single output: above ``threshold`` means class 1, anything else
the other class. By default the threshold is midway between the two labels: 0.5 for probabilities with labels 0 and 1,
0 for margins with labels −1 and +1. **For logits with labels 0 and 1, pass** ``threshold=0``: without it, numbers
outside 0 to 1 are refused.

Every metric raises ValueError if the lengths differ, if there are no samples, for nan, and for anything that is not a
class in one of these forms; and TypeError for anything that is not a number.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "METRICS",
    "accuracy",
    "confusion_matrix",
    "f1_score",
    "mean_absolute_error",
    "mean_squared_error",
    "perplexity",
    "precision",
    "r2_score",
    "recall",
]

Average = Literal["binary", "macro", "micro", "weighted"]
Metric = TypeVar("Metric", bound=Callable[..., float])

METRICS: dict[str, Callable[..., float]] = {}
"""Every metric that is one number, by its name and short names; "f1_macro" and similar names average over classes."""


def _metric(*names: str, averages: bool = False) -> Callable[[Metric], Metric]:
    """Enter a metric in the table under its own name and these; averages: also under each average over the classes."""

    def put(function: Metric) -> Metric:
        for name in (function.__name__, *names):
            METRICS[name] = function
            for average in ("macro", "micro", "weighted") if averages else ():
                METRICS[f"{name}_{average}"] = functools.partial(function, average=average)
        return function

    return put


# ── of classes ──────────────────────────────────────────────────────────────────────────────────────────────────────


@_metric()
def accuracy(y_true: ArrayLike, y_pred: ArrayLike, *, threshold: float | None = None) -> float:
    """The share of samples whose class is right, 0 to 1.

    y_true, y_pred: (n,) or (n, k).
    threshold: see ``nn.metrics``, as for errors.

    >>> accuracy([0, 2, 1], [[0.9, 0.1, 0.0], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1]])
    0.6666666666666666
    >>> accuracy([0, 1, 1], [-0.3, 0.2, 4.0], threshold=0)
    1.0
    """
    wanted, predicted = _classes(y_true, y_pred, threshold)
    return float(np.mean(wanted == predicted))


@_metric(averages=True)
def precision(
    y_true: ArrayLike, y_pred: ArrayLike, average: Average = "binary", *, threshold: float | None = None
) -> float:
    """Precision, tp / (tp + fp): of the samples predicted to be in a class, the share that is; 0 if there are none.

    y_true, y_pred: (n,) or (n, k).
    average: "binary" for class 1 alone, with labels 0 and 1 or −1 and +1; "macro" for the plain mean over all classes
    in y_true or y_pred; "weighted" for the mean weighted by each class's number of samples; "micro" to add up the
    counts of all classes first.
    threshold: see ``nn.metrics``, as for errors; "binary" with other labels raises ValueError too.

    >>> precision([0, 1, 1, 0], [1, 1, 0, 0])
    0.5
    """
    right, predicted, true = _counts(y_true, y_pred, average, threshold)
    return _averaged(right, predicted, true, average)


@_metric(averages=True)
def recall(
    y_true: ArrayLike, y_pred: ArrayLike, average: Average = "binary", *, threshold: float | None = None
) -> float:
    """Recall, tp / (tp + fn): of the samples that are in a class, the share predicted to be; 0 if there are none.

    Arguments and errors are the same as for ``precision``.

    >>> recall([0, 1, 1, 1], [1, 1, 0, 1])
    0.6666666666666666
    """
    right, _, true = _counts(y_true, y_pred, average, threshold)
    return _averaged(right, true, true, average)


@_metric("f1", averages=True)
def f1_score(
    y_true: ArrayLike, y_pred: ArrayLike, average: Average = "binary", *, threshold: float | None = None
) -> float:
    """The harmonic mean of precision and recall, 2·tp / (2·tp + fp + fn), or 0 for 0 / 0.

    Arguments and errors are the same as for ``precision``; "macro" is the mean of the classes' F1.

    >>> f1_score([0, 1, 1, 1], [1, 1, 0, 0])
    0.4
    >>> f1_score([0, 1, 2], [0, 2, 2], average="macro")
    0.5555555555555555
    """
    right, predicted, true = _counts(y_true, y_pred, average, threshold)
    return _averaged(2 * right, predicted + true, true, average)


def confusion_matrix(
    y_true: ArrayLike, y_pred: ArrayLike, labels: Sequence[int] | None = None, *, threshold: float | None = None
) -> NDArray[np.int64]:
    """The number of samples of each true class (rows) predicted to be in each class (columns): (classes, classes).

    y_true, y_pred: (n,) or (n, k).
    labels: the classes in the order of rows and columns; samples of other classes are left out. By default all classes
    in y_true or y_pred, sorted.
    threshold: see ``nn.metrics``, as for errors.

    >>> confusion_matrix([0, 1, 2, 2], [0, 2, 2, 1])
    array([[1, 0, 0],
           [0, 0, 1],
           [0, 1, 1]])
    """
    wanted, predicted = _classes(y_true, y_pred, threshold)
    classes = np.union1d(wanted, predicted) if labels is None else np.asarray(labels)
    return np.array(
        [[np.sum((wanted == row) & (predicted == column)) for column in classes] for row in classes], np.int64
    )


@_metric()
def perplexity(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """e to the mean cross entropy of logits: between how many classes a model that is as uncertain would guess.

    1 is certainty, and a model that gives all k classes the same chance has the perplexity k.

    y_true: (n,), the classes, counted from 0.
    y_pred: (n, k), logits. Raises ValueError for any other shape.

    >>> round(perplexity([0, 2], [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), 9)
    3.0
    """
    true, logits = _array(y_true, "y_true"), _array(y_pred, "y_pred").astype(float)
    if true.ndim != 1 or logits.ndim != 2:
        raise ValueError(f"perplexity takes classes and rows of logits, not shapes {true.shape} and {logits.shape}")
    wanted, _ = _classes(true, logits, None)
    logits = logits - logits.max(axis=1, keepdims=True)
    surprises = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(logits)), wanted]
    return float(np.exp(surprises.mean()))


# ── of numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@_metric("r2")
def r2_score(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """R², the share of y_true's variance that is explained: 1 − Σ(t − p)² / Σ(t − mean t)², 1 at best.

    y_true, y_pred: (n,); or (n, k), averaged over the k outputs.

    If y_true is constant, R² is 1 if every prediction is exact and 0 otherwise; for a single sample it is nan. Raises
    ValueError if the shapes differ, if there are no samples, and for nan.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    wanted, predicted = _numbers(y_true, y_pred)
    if len(wanted) < 2:
        return float("nan")
    wanted, predicted = wanted.reshape(len(wanted), -1), predicted.reshape(len(predicted), -1)
    misses = (wanted != predicted).any(axis=0)
    unit = np.ldexp(1.0, np.frexp(np.abs(wanted).max(axis=0))[1] - 1)  # a power of two: squares stay in range
    shifted = wanted / unit - wanted[0] / unit  # exactly 0 if y_true is constant, although its mean may be rounded
    total = np.sum((shifted - shifted.mean(axis=0)) ** 2, axis=0)
    with np.errstate(over="ignore"):
        left = np.sum((wanted / unit - predicted / unit) ** 2, axis=0)
    share = np.divide(left, total, out=misses.astype(float), where=shifted.any(axis=0))
    return float(np.mean(1.0 - share))


@_metric("mse")
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The mean of (t − p)² over all entries.

    y_true, y_pred: (n,) or (n, k). Raises ValueError if the shapes differ, if there are no samples, and for nan.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    wanted, predicted = _numbers(y_true, y_pred)
    return float(np.mean((wanted - predicted) ** 2))


@_metric("mae")
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The mean of |t − p| over all entries.

    y_true, y_pred: (n,) or (n, k). Raises ValueError if the shapes differ, if there are no samples, and for nan.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    wanted, predicted = _numbers(y_true, y_pred)
    return float(np.mean(np.abs(wanted - predicted)))


# ── counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _counts(y_true: ArrayLike, y_pred: ArrayLike, average: Average, threshold: float | None) -> tuple[Array, ...]:
    """Count for each class the samples rightly predicted, the samples predicted and the samples there are."""
    if average not in ("binary", "macro", "micro", "weighted"):
        raise ValueError(f"average must be 'binary', 'macro', 'micro' or 'weighted', not {average!r:.60}")
    wanted, predicted = _classes(y_true, y_pred, threshold)
    classes = np.union1d(wanted, predicted)
    if average == "binary":
        if _pair_of(classes) is None:
            raise ValueError(f"average='binary' is for labels 0 and 1, or -1 and +1, not {_few(classes)}; use 'macro'")
        classes = np.array([1])
    is_predicted, is_true = predicted == classes[:, None], wanted == classes[:, None]
    return (is_predicted & is_true).sum(axis=1), is_predicted.sum(axis=1), is_true.sum(axis=1)


def _averaged(part: Array, whole: Array, true: Array, average: Average) -> float:
    """Average the classes' ratios, part / whole. true: the number of samples of each class."""
    if average == "micro":
        return float(_ratio(part.sum(keepdims=True), whole.sum(keepdims=True))[0])
    return float(np.average(_ratio(part, whole), weights=true if average == "weighted" else None))


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole, and 0 for 0 / 0: scikit-learn's default."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


# ── what the arguments are ──────────────────────────────────────────────────────────────────────────────────────────


def _classes(y_true: ArrayLike, y_pred: ArrayLike, threshold: float | None) -> tuple[Array, Array]:
    """Return the label of each sample, true and predicted."""
    true, pred = _array(y_true, "y_true"), _array(y_pred, "y_pred")
    if len(true) != len(pred):
        raise ValueError(f"y_true has {len(true)} labels but y_pred has {len(pred)} predictions")
    wanted = _labels(true, "y_true")
    if pred.ndim == 1 and (pred.dtype.kind == "f" or threshold is not None):
        return wanted, _thresholded(pred, wanted, threshold)
    if pred.ndim == 2 and true.ndim == 1 and not np.isin(wanted, range(pred.shape[1])).all():
        raise ValueError(
            f"y_true has the labels {_few(np.unique(wanted))}, but y_pred has {pred.shape[1]} columns: label from 0"
        )
    if pred.ndim == true.ndim == 2 and pred.shape != true.shape:
        raise ValueError(f"y_true has {true.shape[1]} classes but y_pred has {pred.shape[1]}")
    return wanted, _labels(pred, "y_pred")


def _labels(array: Array, name: str) -> Array:
    """Return labels as they are, or the index of the largest number in each row."""
    if array.ndim == 2:
        return np.asarray(np.argmax(array, axis=1))
    whole = np.isfinite(array) & (array == np.floor(array))
    if not whole.all():
        odd = array[~whole][0]
        raise ValueError(f"{name} contains {odd:g}, which is not a class label: labels must be whole numbers")
    return array.astype(np.int64)


def _thresholded(scores: Array, wanted: Array, threshold: float | None) -> Array:
    """Turn one output's scores into classes; labels written as floats stay as they are."""
    pair = _pair_of(np.unique(wanted))
    if pair is None and threshold is None:
        return _labels(scores, "y_pred")
    if pair is None:
        raise ValueError(f"threshold is for labels 0 and 1, or -1 and +1, but y_true has {_few(np.unique(wanted))}")
    if threshold is None and pair == (0, 1) and not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError(
            f"y_pred ranges from {scores.min():g} to {scores.max():g}, but the labels are 0 and 1: "
            "use threshold=0 for logits, or threshold=0.5 if the model predicts the label itself"
        )
    return np.where(scores > (sum(pair) / 2 if threshold is None else threshold), pair[1], pair[0])


def _pair_of(classes: Array) -> tuple[int, int] | None:
    """Return the pair of labels that these belong to: −1 and +1 if there is a −1, else 0 and 1."""
    if set(classes.tolist()) <= {0, 1}:
        return 0, 1
    return (-1, 1) if set(classes.tolist()) <= {-1, 1} else None


def _numbers(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
    """Return both as arrays of floats of the same shape, without broadcasting."""
    true, pred = _array(y_true, "y_true").astype(float), _array(y_pred, "y_pred").astype(float)
    if true.shape != pred.shape:
        raise ValueError(f"y_true has shape {true.shape} but y_pred has shape {pred.shape}")
    if np.isinf(true).any() or np.isinf(pred).any():
        raise ValueError(f"{'y_true' if np.isinf(true).any() else 'y_pred'} contains an infinity")
    return true, pred


def _array(numbers: ArrayLike, name: str) -> Array:
    """Return (n,) or (n, k) numbers; a column (n, 1) becomes (n,)."""
    array = plain_array(numbers, name)
    if array.dtype.kind not in "iufb":
        remedy = ": use nn.predict, or the .data of each Value" if array.dtype == object else ""
        raise TypeError(f"{name} must be an array of numbers, not of {array.dtype}{remedy}")
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} must have one row per sample, (n,) or (n, k), not shape {array.shape}")
    if not array.size:
        raise ValueError(f"{name} is empty, so there is nothing to measure")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"{name} contains nan in row {int(np.argwhere(np.isnan(array))[0, 0])}")
    return array[:, 0] if array.shape[1:] == (1,) else array


def _few(classes: Array) -> str:
    shown = ", ".join(map(str, classes[:5].tolist()))
    return f"{shown}, …" if len(classes) > 5 else shown
