"""Metrics: how good predictions are, as numbers. Functions (y_true, y_pred) of arrays.

A metric is one function here, marked ``@_metric``; the table ``METRICS`` follows. Names, averages and what a division
by zero gives are scikit-learn's.

**Classes** come as any of these, in y_true and y_pred alike: (n,) or (n, 1) labels, whole numbers; (n, k) one-hot rows
or scores of k classes, the largest counts (the first of several); and in y_pred, where y_true has two classes, (n,) or
(n, 1) floats of one output: above ``threshold`` it is the class 1, else the other. The threshold is midway between the
two labels unless it is given: 0.5 for probabilities beside labels 0 and 1, 0 for a margin beside labels −1 and +1.
**For logits beside labels 0 and 1 give** ``threshold=0``: numbers outside of 0 to 1 are refused without one.

Every metric raises ValueError where the lengths differ, for nothing, for nan, and for what is no class as above;
TypeError for what are no numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.util.arrays import Array, plain_array

__all__ = [
    "METRICS",
    "accuracy",
    "confusion_matrix",
    "f1_score",
    "mean_absolute_error",
    "mean_squared_error",
    "precision",
    "r2_score",
    "recall",
]

Average = Literal["binary", "macro", "micro", "weighted"]
Metric = TypeVar("Metric", bound=Callable[..., float])

METRICS: dict[str, Callable[..., float]] = {}
"""Every metric that is one number, by its name and its short names; "f1_macro" and the like average over classes."""


def _metric(*names: str, averages: bool = False) -> Callable[[Metric], Metric]:
    """Put a metric into the table, by its own name and these; averages: also each average over the classes."""

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

    y_true, y_pred: (n,) or (n, k); threshold, errors: see ``nn.metrics``.

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
    """Of the samples said to be of the class, the share that is: tp / (tp + fp), and 0 where none is said to be.

    y_true, y_pred: (n,) or (n, k); threshold: see ``nn.metrics``. average: "binary", of the class 1, for labels 0 and 1
    or −1 and +1; "macro", the plain mean over all classes in y_true or y_pred; "weighted", that mean weighted by how
    many samples are of each class; "micro", of the counts of all classes together. Raises ValueError for "binary" of
    other labels, and as ``nn.metrics`` says.

    >>> precision([0, 1, 1, 0], [1, 1, 0, 0])
    0.5
    """
    right, predicted, true = _counts(y_true, y_pred, average, threshold)
    return _averaged(right, predicted, true, average)


@_metric(averages=True)
def recall(
    y_true: ArrayLike, y_pred: ArrayLike, average: Average = "binary", *, threshold: float | None = None
) -> float:
    """Of the samples that are of the class, the share said to be: tp / (tp + fn), and 0 where none is.

    Arguments and errors as for ``precision``.

    >>> recall([0, 1, 1, 1], [1, 1, 0, 1])
    0.6666666666666666
    """
    right, _, true = _counts(y_true, y_pred, average, threshold)
    return _averaged(right, true, true, average)


@_metric("f1", averages=True)
def f1_score(
    y_true: ArrayLike, y_pred: ArrayLike, average: Average = "binary", *, threshold: float | None = None
) -> float:
    """The harmonic mean of precision and recall, 2·tp / (2·tp + fp + fn), and 0 where there is none of the class.

    Arguments and errors as for ``precision``; "macro" is the mean of the classes' F1.

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
    """How many samples of each class (rows) are said to be of each class (columns): (classes, classes) counts.

    y_true, y_pred: (n,) or (n, k); threshold, errors: see ``nn.metrics``. labels: the classes, in the order of rows and
    columns, samples of others left out; without, those in y_true or y_pred, sorted.

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


# ── of numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@_metric("r2")
def r2_score(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """R², the share of y_true's variance that is explained: 1 − Σ(t − p)² / Σ(t − mean t)², 1 at best.

    y_true, y_pred: (n,), or (n, k) with the mean over the k outputs. Where y_true is constant: 1 if every prediction is
    exact, else 0. Of a single sample: nan. Raises ValueError where the shapes differ, for nothing, and for nan.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    wanted, predicted = _numbers(y_true, y_pred)
    if len(wanted) < 2:
        return float("nan")
    wanted, predicted = wanted.reshape(len(wanted), -1), predicted.reshape(len(predicted), -1)
    misses = (wanted != predicted).any(axis=0)
    unit = np.ldexp(1.0, np.frexp(np.abs(wanted).max(axis=0))[1] - 1)  # a power of two: squares stay in range
    shifted = wanted / unit - wanted[0] / unit  # exactly 0 where y_true is constant, whose mean may round
    total = np.sum((shifted - shifted.mean(axis=0)) ** 2, axis=0)
    with np.errstate(over="ignore"):
        left = np.sum((wanted / unit - predicted / unit) ** 2, axis=0)
    share = np.divide(left, total, out=misses.astype(float), where=shifted.any(axis=0))
    return float(np.mean(1.0 - share))


@_metric("mse")
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The mean of (t − p)² over all entries.

    y_true, y_pred: (n,) or (n, k). Raises ValueError where the shapes differ, for nothing, and for nan.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    wanted, predicted = _numbers(y_true, y_pred)
    return float(np.mean((wanted - predicted) ** 2))


@_metric("mae")
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The mean of |t − p| over all entries.

    y_true, y_pred: (n,) or (n, k). Raises ValueError where the shapes differ, for nothing, and for nan.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    wanted, predicted = _numbers(y_true, y_pred)
    return float(np.mean(np.abs(wanted - predicted)))


# ── counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _counts(y_true: ArrayLike, y_pred: ArrayLike, average: Average, threshold: float | None) -> tuple[Array, ...]:
    """For each class: how many are rightly said to be of it, how many are said to be, how many are."""
    if average not in ("binary", "macro", "micro", "weighted"):
        raise ValueError(f"average is 'binary', 'macro', 'micro' or 'weighted', not {average!r:.60}")
    wanted, predicted = _classes(y_true, y_pred, threshold)
    classes = np.union1d(wanted, predicted)
    if average == "binary":
        if _pair_of(classes) is None:
            raise ValueError(f"average='binary' is for labels 0 and 1, or -1 and +1, not {_few(classes)}: take 'macro'")
        classes = np.array([1])
    is_predicted, is_true = predicted == classes[:, None], wanted == classes[:, None]
    return (is_predicted & is_true).sum(axis=1), is_predicted.sum(axis=1), is_true.sum(axis=1)


def _averaged(part: Array, whole: Array, true: Array, average: Average) -> float:
    """The ratios of the classes, part / whole, as one number. true: how many samples are of each class."""
    if average == "micro":
        return float(_ratio(part.sum(keepdims=True), whole.sum(keepdims=True))[0])
    return float(np.average(_ratio(part, whole), weights=true if average == "weighted" else None))


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole, and 0 for 0 / 0: scikit-learn's default."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


# ── what the arguments are ──────────────────────────────────────────────────────────────────────────────────────────


def _classes(y_true: ArrayLike, y_pred: ArrayLike, threshold: float | None) -> tuple[Array, Array]:
    """The label of each sample, true and predicted."""
    true, pred = _array(y_true, "y_true"), _array(y_pred, "y_pred")
    if len(true) != len(pred):
        raise ValueError(f"{len(true)} true labels for {len(pred)} predictions")
    wanted = _labels(true, "y_true")
    if pred.ndim == 1 and (pred.dtype.kind == "f" or threshold is not None):
        return wanted, _thresholded(pred, wanted, threshold)
    if pred.ndim == 2 and true.ndim == 1 and not np.isin(wanted, range(pred.shape[1])).all():
        raise ValueError(f"y_true has the labels {_few(np.unique(wanted))}: y_pred has {pred.shape[1]} columns, from 0")
    if pred.ndim == true.ndim == 2 and pred.shape != true.shape:
        raise ValueError(f"y_true has {true.shape[1]} classes and y_pred {pred.shape[1]}")
    return wanted, _labels(pred, "y_pred")


def _labels(array: Array, name: str) -> Array:
    """Labels as they are, or the largest of each row."""
    if array.ndim == 2:
        return np.asarray(np.argmax(array, axis=1))
    whole = np.isfinite(array) & (array == np.floor(array))
    if not whole.all():
        odd = array[~whole][0]
        raise ValueError(f"{name} has {odd:g}, which is no class label: labels are whole numbers")
    return array.astype(np.int64)


def _thresholded(scores: Array, wanted: Array, threshold: float | None) -> Array:
    """The class of each score of one output; labels written as floats come out as they are."""
    pair = _pair_of(np.unique(wanted))
    if pair is None and threshold is None:
        return _labels(scores, "y_pred")
    if pair is None:
        raise ValueError(f"a threshold is for labels 0 and 1, or -1 and +1: y_true has {_few(np.unique(wanted))}")
    if threshold is None and pair == (0, 1) and not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError(
            f"y_pred goes from {scores.min():g} to {scores.max():g}, beside labels 0 and 1: "
            "threshold=0 for logits, threshold=0.5 for estimates of the label itself"
        )
    return np.where(scores > (sum(pair) / 2 if threshold is None else threshold), pair[1], pair[0])


def _pair_of(classes: Array) -> tuple[int, int] | None:
    """The two labels that these are of: −1 and +1 where there is a −1, else 0 and 1."""
    if set(classes.tolist()) <= {0, 1}:
        return 0, 1
    return (-1, 1) if set(classes.tolist()) <= {-1, 1} else None


def _numbers(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
    """Two arrays of floats of one shape: never broadcast."""
    true, pred = _array(y_true, "y_true").astype(float), _array(y_pred, "y_pred").astype(float)
    if true.shape != pred.shape:
        raise ValueError(f"y_true has the shape {true.shape} and y_pred {pred.shape}")
    if np.isinf(true).any() or np.isinf(pred).any():
        raise ValueError(f"{'y_true' if np.isinf(true).any() else 'y_pred'} has an infinity")
    return true, pred


def _array(numbers: ArrayLike, name: str) -> Array:
    """(n,) or (n, k) numbers; a column (n, 1) as (n,)."""
    array = plain_array(numbers, name)
    if array.dtype.kind not in "iufb":
        remedy = ": use nn.predict, or the .data of each Value" if array.dtype == object else ""
        raise TypeError(f"{name} is an array of {array.dtype}, not of numbers{remedy}")
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} has one row a sample, (n,) or (n, k), not the shape {array.shape}")
    if not array.size:
        raise ValueError(f"{name} is empty: there is nothing to measure")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"{name} has nan in row {int(np.argwhere(np.isnan(array))[0, 0])}")
    return array[:, 0] if array.shape[1:] == (1,) else array


def _few(classes: Array) -> str:
    shown = ", ".join(map(str, classes[:5].tolist()))
    return f"{shown}, …" if len(classes) > 5 else shown
