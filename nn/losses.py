"""Losses: how far predictions are from their targets, as one Value.

A loss is one function in this file, marked ``@_loss()``, which also enters it in the table ``LOSSES``. Predictions and
targets may be Values while a function is recorded, so no loss inspects a Value's number. Plain targets are checked one
by one, arrays of targets by ``refuse_targets``.
"""

from __future__ import annotations

import functools
import itertools
import math
import numbers
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeGuard, TypeVar, get_args

import numpy as np

import autograd
from autograd import Value
from autograd import numeric as nx
from autograd.numeric import Numeric
from autograd.rules import below_largest
from autograd.util.arrays import Array, plain_array
from autograd.util.known_functions import register_function
from autograd.util.printable import a_kind_of
from nn.logits import warn_of_activated

__all__ = [
    "LOSSES",
    "bce_loss",
    "bce_with_logits",
    "cross_entropy",
    "half_squared_error",
    "hinge_loss",
    "huber_loss",
    "mae_loss",
    "mse_loss",
]

Numbers = Value | float | Sequence[Any] | Array
Reduction = Literal["mean", "sum"]
Loss = TypeVar("Loss", bound=Callable[..., Any])

LOSSES: dict[str, Callable[..., Any]] = {}
"""Every loss by its names: its own, the one without ``_loss`` ("mse"), and the names in Keras and PyTorch."""


def _loss(*names: str) -> Callable[[Loss], Loss]:
    """Enter a loss in the table under its own name, without ``_loss`` and under these; tell pictures what it builds."""

    def put(function: Loss) -> Loss:
        for name in (function.__name__, function.__name__.removesuffix("_loss"), *names):
            LOSSES[name] = function
        for kind, reduction in itertools.product(range(5), get_args(Reduction)):
            register_function(function.__name__, functools.partial(_example, function, kind, reduction))
        return function

    return put


def _example(function: Callable[..., Any], kind: int, reduction: Reduction) -> list[Any]:
    """Build a loss of two predictions, with plain targets of each value it takes, or with Values."""
    predictions = [Value(0.25), Value(0.75)]
    if function is cross_entropy:
        target: Any = [0, 1, [0.25, 0.75], [0.0, 1.0], [Value(0.25), Value(0.75)]][kind]
        single = function(predictions, target)
        return [single, function([[Value(0.25), Value(0.75)]] * 2, [target] * 2, reduction=reduction)]
    if kind == 4:
        return [function(predictions, [Value(0.25), Value(0.75)], reduction=reduction)]
    target = (-1.0, 0.0, 0.25, 1.0)[kind]
    takes = TARGETS[function.__name__][0] if function.__name__ in TARGETS else math.isfinite
    return [function(predictions, [target] * 2, reduction=reduction)] if takes(target) else []


# ── of numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@_loss("mean_squared_error", "MSELoss")
def mse_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The mean squared error, Σ (pᵢ − tᵢ)² / n.

    predictions, targets: (n,); or (n, k), averaged over all n·k entries; or one number each.
    reduction: "mean", or "sum" to leave out the division by n.
    Raises ValueError if the lengths differ or there are no predictions.

    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(2.5)
    """
    errors = [p - t for p, t in _pairs(predictions, targets)]
    return _reduced([error * error for error in errors], reduction)


@_loss()
def half_squared_error(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """Half the mean squared error, Σ ½(pᵢ − tᵢ)² / n, whose slope is the error itself: ∂/∂pᵢ = (pᵢ − tᵢ)/n.

    Arguments and errors are the same as for ``mse_loss``.

    >>> half_squared_error([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.25)
    """
    errors = [p - t for p, t in _pairs(predictions, targets)]
    return _reduced([0.5 * error * error for error in errors], reduction)


@_loss("mean_absolute_error", "l1_loss", "L1Loss")
def mae_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The mean absolute error, Σ |pᵢ − tᵢ| / n.   ∂/∂pᵢ = sign(pᵢ − tᵢ)/n, or 0 if they are equal.

    Arguments and errors are the same as for ``mse_loss``.

    >>> mae_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.5)
    """
    return _reduced([autograd.abs(p - t) for p, t in _pairs(predictions, targets)], reduction)


@_loss("HuberLoss")
def huber_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean", *, delta: float = 1.0) -> Value:
    """The Huber loss: ½e² for an error |e| ≤ δ, δ(|e| − ½δ) beyond, so that an outlier pulls no harder than δ.

    delta: a positive number; any other raises ValueError. The rest is the same as for ``mse_loss``.
    Source: Huber 1964, Robust Estimation of a Location Parameter; the formula and the default are PyTorch's.

    >>> huber_loss([Value(0.5), Value(3.0)], [0.0, 0.0], reduction="sum")
    Value(2.625)
    """
    if not isinstance(delta, numbers.Real) or not 0 < delta < math.inf:
        raise ValueError(f"delta must be a positive number, not {delta!r}")

    def of(error: Value) -> Any:
        length = autograd.abs(error)
        return autograd.where(length <= delta, 0.5 * error * error, delta * (length - 0.5 * delta))

    return _reduced([of(p - t) for p, t in _pairs(predictions, targets)], reduction)


# ── of two classes ──────────────────────────────────────────────────────────────────────────────────────────────────


@_loss("binary_crossentropy", "binary_cross_entropy", "BCELoss")
def bce_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The binary cross entropy of probabilities, Σ −(tᵢ ln pᵢ + (1 − tᵢ) ln(1 − pᵢ)) / n.

    As in PyTorch, logarithms are clamped at −100 and their slopes at 10¹², so p = 0 and p = 1 give finite numbers: a
    wrong one costs 100 and still has a slope. (A right one has the slope 1, its limit, where PyTorch has 0.) If your
    model returns logits, use ``bce_with_logits``.

    predictions: probabilities, 0 to 1; outside, the loss is nan. Shapes and reduction are the same as for ``mse_loss``.
    targets: 0 to 1. Raises ValueError for others, if the lengths differ, and if there are no predictions.

    >>> bce_loss([Value(0.8), Value(0.0)], [1.0, 1.0], reduction="sum")
    Value(100.22314355131421)
    """

    def of(p: Value, t: Value | float) -> Any:
        return -(t * _held(p, nx.log(p)) + (1.0 - t) * _held(1.0 - p, nx.log1p(-p)))

    return _reduced([of(p, _target("bce_loss", t)) for p, t in _pairs(predictions, targets)], reduction)


@_loss("binary_cross_entropy_with_logits", "BCEWithLogitsLoss")
def bce_with_logits(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The binary cross entropy of σ(logit), Σ tᵢ ln(1 + e^−xᵢ) + (1 − tᵢ) ln(1 + e^xᵢ) / n: stable for any logit.

    ∂/∂xᵢ = (σ(xᵢ) − tᵢ)/n. A term of weight 0 is 0, even if its other factor is infinite.
    predictions: logits. Shapes and reduction are the same as for ``mse_loss``.
    targets: 0 to 1. Raises ValueError for others, if the lengths differ, and if there are no predictions.

    >>> bce_with_logits([Value(0.0), Value(-1000.0)], [1.0, 0.0], reduction="sum")
    Value(0.6931471805599453)
    """

    def of(x: Value, t: Value | float) -> Any:
        if _is_plain(t) and t in (0, 1):
            return autograd.softplus(-x if t else x)
        likely, unlikely = autograd.softplus(-x), autograd.softplus(x)
        return t * _counted(t, likely, math.inf) + (1.0 - t) * _counted(1.0 - t, unlikely, math.inf)

    pairs = _pairs(predictions, targets)
    warn_of_activated("bce_with_logits", [pairs[0][0]])
    return _reduced([of(x, _target("bce_with_logits", t)) for x, t in pairs], reduction)


@_loss()
def hinge_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The hinge loss of a margin classifier, Σ max(0, 1 − tᵢpᵢ) / n, for targets of −1 and +1.

    ∂/∂pᵢ = −tᵢ/n inside the margin, 0 on it and beyond. Shapes and reduction are the same as for ``mse_loss``.
    Raises ValueError if the lengths differ, if there are no predictions, and for a plain target other than −1 and +1.
    Source: Cortes & Vapnik 1995, Support-Vector Networks.

    >>> hinge_loss([Value(0.5), Value(0.5)], [1.0, -1.0])
    Value(1.0)
    """
    pairs = _pairs(predictions, targets)
    return _reduced([autograd.relu(1.0 - _target("hinge_loss", t) * p) for p, t in pairs], reduction)


# ── of several classes ──────────────────────────────────────────────────────────────────────────────────────────────


@_loss("categorical_crossentropy", "sparse_categorical_crossentropy", "CrossEntropyLoss")
def cross_entropy(logits: Sequence[Any], target: Numbers, reduction: Reduction = "mean") -> Value:
    """The cross entropy between softmax(logits) and a target, −Σ tₖ ln softmaxₖ, computed stably from the logits.

    logits: (classes,), or (n, classes) for a batch, which is reduced over its rows.
    target: the class's index, or (classes,) numbers that sum to 1, one-hot or soft. For a batch, n of either.
    A class of weight 0 contributes nothing, even if its logit is −∞. Raises ValueError if the lengths differ, TypeError
    for a bare logit, and IndexError for an index that is not a class (if it is a Value, the loss is nan instead).

    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 2)
    Value(0.4076059644443803)
    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], [0.0, 0.0, 1.0])
    Value(0.4076059644443803)
    >>> cross_entropy([[Value(1.0), Value(2.0), Value(3.0)], [Value(0.0)] * 3], [2, 0])
    Value(0.753109126556245)
    """
    if not _is_sequence(logits):
        raise TypeError(
            f"cross_entropy takes a list with one logit per class, not {a_kind_of(logits)}; "
            "for two classes and a single logit use bce_with_logits"
        )
    if not len(logits):
        raise ValueError("the list of logits is empty: there must be one per class")
    warn_of_activated("cross_entropy", logits[0] if _is_sequence(logits[0]) else logits)
    if not any(map(_is_sequence, logits)):
        check_reduction(reduction)
        return _surprise(logits, target)
    return _reduced([_surprise(row, t) for row, t in _rows(logits, target)], reduction)


def _surprise(logits: Sequence[Any], target: Numbers) -> Value:
    """Compute the cross entropy of one sample."""
    if isinstance(logits, np.ndarray) and logits.dtype.kind in "iub":
        logits = logits.astype(float)
    if not _is_sequence(target):
        return _surprise_of_class(logits, _class(target, len(logits)))
    if len(target) != len(logits):
        raise ValueError(f"there are {len(logits)} logits but the target has length {len(target)}")
    scores = autograd.log_softmax(logits)
    pairs = [(t, _counted(t, x, -math.inf)) for t, x in zip(target, scores, strict=True)]
    counted = [(t, x) for t, x in pairs if not _is_plain(t) or t] or [(0.0, autograd.max(list(logits)))]
    return 0.0 - autograd.dot(*zip(*counted, strict=True))  # type: ignore[no-any-return]  # and not −0


def _surprise_of_class(logits: Sequence[Any], target: Value | int) -> Value:
    """−ln softmaxₜ = softplus(ln Σ e^xⱼ − xₜ) over all j but t, so that nothing cancels where the class is certain."""
    scores = below_largest("cross_entropy", logits)
    if isinstance(target, Value):
        others = [autograd.where(nx.equal(target, float(i)), -math.inf, x) for i, x in enumerate(scores)]
    else:
        others = scores[:target] + scores[target + 1 :] or [-math.inf]
    return autograd.softplus(autograd.logsumexp(others) - autograd.pick(scores, target))  # type: ignore[no-any-return]


def _rows(logits: Sequence[Any], targets: Numbers) -> list[tuple[Sequence[Any], Any]]:
    """Pair each row of a batch of logits with its target."""
    widths = sorted({len(row) if _is_sequence(row) else 0 for row in logits})
    if len(widths) > 1 or not widths[0]:
        raise ValueError(f"all rows of logits need the same number of classes, not {' and '.join(map(str, widths))}")
    if not _is_sequence(targets):
        raise ValueError(f"there are {len(logits)} rows of logits but only one target")
    if len(targets) != len(logits):
        raise ValueError(f"there are {len(logits)} rows of logits but {len(targets)} targets")
    return list(zip(logits, targets, strict=True))


def _class(target: object, count: int) -> Value | int:
    """Return a class's index: a plain one is checked, a Value is looked up when the program runs."""
    target = plain_array(target, "the target").item() if isinstance(target, np.ndarray) else target
    if isinstance(target, Value):
        return target
    if not _is_plain(target):
        raise TypeError(f"a target must be a class's index, or one number per class, not {a_kind_of(target)}")
    if not (target == target // 1 and 0 <= target < count):
        raise IndexError(f"there is no class {float(target):g}: with {count} logits the classes are 0 to {count - 1}")
    return int(target)


# ── what targets may be ─────────────────────────────────────────────────────────────────────────────────────────────

_SHARE = (
    lambda target: (target >= 0) & (target <= 1),
    "from 0 to 1",
    "if your labels are -1 and +1, use (y + 1) / 2, or hinge_loss",
)
_SIDE = (lambda target: abs(target) == 1, "of -1 and +1", "if your labels are 0 and 1, use 2 * y - 1")
TARGETS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "bce_loss": _SHARE, "bce_with_logits": _SHARE, "hinge_loss": _SIDE,
}  # fmt: skip
"""For each loss: a test whether it takes a target (or each of an array), which it takes, and what to do with others."""


def refuse_targets(loss: Callable[..., Any], targets: Array, classes: int | None, name: str = "y") -> None:
    """Raise ValueError for the first target in an array that a loss in this file does not take, naming its index.

    classes: the model's number of outputs, None for a bare one. In a compiled program targets are Values, and a wrong
    target would silently give a wrong loss, or nan.
    """
    plain = getattr(loss, "func", loss)  # of a partial
    of = getattr(plain, "__name__", "")
    if LOSSES.get(of) is not plain:
        return
    known = _indices(classes) if of == "cross_entropy" and classes and targets.ndim == 1 else TARGETS.get(of)
    if known is None:
        return
    takes, which, advice = known
    for index in map(tuple, np.argwhere(~takes(targets))[:1].tolist()):
        where = f"{name}[{', '.join(map(str, index))}] is {float(targets[index]):g}"
        raise ValueError(f"{of} takes targets {which}, but {where}; {advice}")


def _indices(classes: int) -> tuple[Callable[[Any], Any], str, str]:
    return (
        lambda target: (target >= 0) & (target < classes) & (target == target // 1),
        f"from 0 to {classes - 1}, one class for each of the model's {classes} outputs",
        "use more outputs, or np.unique(y, return_inverse=True)[1] to number the labels from 0",
    )


def _target(loss: str, target: Value | float) -> Value | float:
    """Return the target: a plain one is checked, a Value is taken as it is."""
    takes, which, advice = TARGETS[loss]
    if _is_plain(target) and not takes(target):
        raise ValueError(f"{loss} takes targets {which}, not {float(target):g}; {advice}")
    return target


# ── what the losses share ───────────────────────────────────────────────────────────────────────────────────────────


def _counted(weight: Value | float, x: Numeric, infinity: float) -> Numeric:
    """x, or 0 if it is this infinity and its weight, a Value, is 0: a term without weight contributes nothing."""
    if _is_plain(weight):
        return x
    return nx.where(nx.equal(weight, 0.0) & nx.equal(x, infinity), 0.0, x)


_LEAST_LOG, _LEAST_PROBABILITY = -100.0, 1e-12


def _held(p: Numeric, logarithm: Numeric) -> Numeric:
    """ln p, never below −100, with a slope of at most 10¹²: p = 0 gives a finite number and a slope to leave it by."""
    line = (p - nx.detach(p)) / _LEAST_PROBABILITY  # 0, with the slope 10¹²
    return nx.where(p > _LEAST_PROBABILITY, logarithm, nx.maximum(nx.detach(logarithm), _LEAST_LOG) + line)


def _is_plain(x: object) -> TypeGuard[float]:
    return isinstance(x, (numbers.Real, np.bool_))


def check_reduction(reduction: Reduction) -> None:
    """Raise ValueError for an unknown reduction."""
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction must be 'mean' or 'sum', not {reduction!r}")


def _reduced(terms: Sequence[Value], reduction: Reduction) -> Value:
    check_reduction(reduction)
    return (autograd.mean if reduction == "mean" else autograd.sum)(terms)  # type: ignore[no-any-return]


def _is_sequence(x: object) -> TypeGuard[Sequence[Any] | Array]:
    return isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.ndim > 0)


def _pairs(predicted: Numbers, wanted: Numbers) -> list[tuple[Any, Any]]:
    """Pair every prediction with its target, without broadcasting."""
    predictions, targets = _listed(predicted), _listed(wanted)
    are_listed, is_listed = isinstance(predictions, (list, tuple)), isinstance(targets, (list, tuple))
    if not are_listed and not is_listed:
        return [(_bare(predictions), _bare(targets))]
    if are_listed != is_listed:  # a bare number that stands for a sequence of one
        if are_listed and len(predictions) > 1:
            raise ValueError(
                f'there are {len(predictions)} predictions but 1 target; if it is a class, use loss="cross_entropy"'
            )
        return _pairs(predictions if are_listed else [predictions], targets if is_listed else [targets])
    if len(predictions) != len(targets):
        raise ValueError(f"there are {len(predictions)} predictions but {len(targets)} targets")
    if not len(predictions):
        raise ValueError("there are no predictions to average")
    return [pair for p, t in zip(predictions, targets, strict=True) for pair in _pairs(p, t)]


def _listed(x: object) -> Any:
    """Turn iterables of numbers into lists; an array's numbers become Python's own, which do not overflow."""
    if isinstance(x, (Value, float, list, tuple)):
        return x
    if isinstance(x, np.ndarray):
        return plain_array(x, "the output or the target").tolist()
    return list(x) if isinstance(x, (range, Iterator)) else x


def _bare(x: object) -> object:
    """Return a number; a plain one as a float, so that it neither overflows nor wraps around."""
    return float(x) if type(x) is not float and _is_plain(x) else x
