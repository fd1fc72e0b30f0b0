"""Losses: how far predictions are from their targets, as one Value.

A loss is one function here, marked ``@_loss()``; the table ``LOSSES`` follows. While a function is recorded,
predictions and targets may be Values: no loss looks at a Value's number. Targets that are plain numbers are checked,
and those of an array by ``refuse_targets``.
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
from autograd.util.printable import kind_of
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
"""Every loss by its names: its own, that without ``_loss`` ("mse"), and what Keras and PyTorch call it."""


def _loss(*names: str) -> Callable[[Loss], Loss]:
    """Put a loss into the table, by its own name, that without ``_loss`` and these; tell pictures what it builds."""

    def put(function: Loss) -> Loss:
        for name in (function.__name__, function.__name__.removesuffix("_loss"), *names):
            LOSSES[name] = function
        for kind, reduction in itertools.product(range(5), get_args(Reduction)):
            register_function(function.__name__, functools.partial(_example, function, kind, reduction))
        return function

    return put


def _example(function: Callable[..., Any], kind: int, reduction: Reduction) -> list[Any]:
    """What a loss builds of two predictions, with plain targets of each value it takes, or with Values."""
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
    """The mean squared error, Σ (pᵢ − tᵢ)² / n; with ``reduction="sum"`` not divided.

    predictions, targets: (n,), or (n, k) with the mean over all n·k entries; or one number each.
    Raises ValueError where the lengths differ or there is nothing to average.

    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(2.5)
    """
    errors = [p - t for p, t in _pairs(predictions, targets)]
    return _reduced([error * error for error in errors], reduction)


@_loss()
def half_squared_error(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """Half the mean squared error, Σ ½(pᵢ − tᵢ)² / n, whose slope is the error itself: ∂/∂pᵢ = (pᵢ − tᵢ)/n.

    Shapes, ``reduction`` and errors as for ``mse_loss``.

    >>> half_squared_error([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.25)
    """
    errors = [p - t for p, t in _pairs(predictions, targets)]
    return _reduced([0.5 * error * error for error in errors], reduction)


@_loss("mean_absolute_error", "l1_loss", "L1Loss")
def mae_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The mean absolute error, Σ |pᵢ − tᵢ| / n.   ∂/∂pᵢ = sign(pᵢ − tᵢ)/n, 0 where they are equal.

    Shapes, ``reduction`` and errors as for ``mse_loss``.

    >>> mae_loss([Value(1.0), Value(4.0)], [0.0, 2.0])
    Value(1.5)
    """
    return _reduced([autograd.abs(p - t) for p, t in _pairs(predictions, targets)], reduction)


@_loss("HuberLoss")
def huber_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean", *, delta: float = 1.0) -> Value:
    """The Huber loss: ½e² for an error |e| ≤ δ, δ(|e| − ½δ) beyond, so that an outlier pulls no harder than δ.

    delta: a positive number. Shapes, ``reduction`` and other errors as for ``mse_loss``; ValueError for another delta.
    Source: Huber 1964, Robust Estimation of a Location Parameter; the formula and the default are PyTorch's.

    >>> huber_loss([Value(0.5), Value(3.0)], [0.0, 0.0], reduction="sum")
    Value(2.625)
    """
    if not isinstance(delta, numbers.Real) or not 0 < delta < math.inf:
        raise ValueError(f"delta is a positive number, not {delta!r}")

    def of(error: Value) -> Any:
        length = autograd.abs(error)
        return autograd.where(length <= delta, 0.5 * error * error, delta * (length - 0.5 * delta))

    return _reduced([of(p - t) for p, t in _pairs(predictions, targets)], reduction)


# ── of two classes ──────────────────────────────────────────────────────────────────────────────────────────────────


@_loss("binary_crossentropy", "binary_cross_entropy", "BCELoss")
def bce_loss(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The binary cross entropy of probabilities, Σ −(tᵢ ln pᵢ + (1 − tᵢ) ln(1 − pᵢ)) / n.

    As in PyTorch, a logarithm is clamped at −100 and its slope at 10¹², so that p = 0 and p = 1 give finite numbers: a
    wrong one costs 100 and keeps a slope. (A right one keeps the slope 1, its limit; PyTorch has 0 there.) A model
    whose output is a logit is better served by ``bce_with_logits``.

    predictions: probabilities, 0 to 1 (outside, the loss is nan). targets: 0 to 1. Shapes and ``reduction`` as for
    ``mse_loss``. Raises ValueError where the lengths differ, for nothing, and for a plain target outside 0 to 1.

    >>> bce_loss([Value(0.8), Value(0.0)], [1.0, 1.0], reduction="sum")
    Value(100.22314355131421)
    """

    def of(p: Value, t: Value | float) -> Any:
        return -(t * _held(p, nx.log(p)) + (1.0 - t) * _held(1.0 - p, nx.log1p(-p)))

    return _reduced([of(p, _target("bce_loss", t)) for p, t in _pairs(predictions, targets)], reduction)


@_loss("binary_cross_entropy_with_logits", "BCEWithLogitsLoss")
def bce_with_logits(predictions: Numbers, targets: Numbers, reduction: Reduction = "mean") -> Value:
    """The binary cross entropy of σ(logit), Σ tᵢ ln(1 + e^−xᵢ) + (1 − tᵢ) ln(1 + e^xᵢ) / n: stable for any logit.

    ∂/∂xᵢ = (σ(xᵢ) − tᵢ)/n. A term of weight 0 is 0, also where the other factor is infinite. predictions: logits.
    targets: 0 to 1. Shapes and ``reduction`` as for ``mse_loss``.
    Raises ValueError where the lengths differ, for nothing, and for a plain target outside 0 to 1.

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

    ∂/∂pᵢ = −tᵢ/n inside of the margin, 0 on it and beyond. Shapes and ``reduction`` as for ``mse_loss``.
    Raises ValueError where the lengths differ, for nothing, and for a plain target that is neither −1 nor +1.
    Source: Cortes & Vapnik 1995, Support-Vector Networks.

    >>> hinge_loss([Value(0.5), Value(0.5)], [1.0, -1.0])
    Value(1.0)
    """
    pairs = _pairs(predictions, targets)
    return _reduced([autograd.relu(1.0 - _target("hinge_loss", t) * p) for p, t in pairs], reduction)


# ── of several classes ──────────────────────────────────────────────────────────────────────────────────────────────


@_loss("categorical_crossentropy", "sparse_categorical_crossentropy", "CrossEntropyLoss")
def cross_entropy(logits: Sequence[Any], target: Numbers, reduction: Reduction = "mean") -> Value:
    """The cross entropy of softmax(logits) from a target, −Σ tₖ ln softmaxₖ: from logits, so that it is stable.

    logits: (classes,). target: the index of the class, or (classes,) numbers that sum to 1, one-hot or soft. Or of a
    batch, reduced over its rows: logits (n, classes), target (n,) indices or (n, classes).
    A class of weight 0 contributes nothing, also where its logit is −∞.
    Raises IndexError for an index that is no class (an index that is a Value gives nan then), ValueError where the
    lengths differ, TypeError for a single bare logit.

    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 2)
    Value(0.4076059644443803)
    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], [0.0, 0.0, 1.0])
    Value(0.4076059644443803)
    >>> cross_entropy([[Value(1.0), Value(2.0), Value(3.0)], [Value(0.0)] * 3], [2, 0])
    Value(0.753109126556245)
    """
    if not _is_sequence(logits):
        raise TypeError(
            f"cross_entropy takes a list of logits, one a class, not a {kind_of(logits)}: "
            "of one logit for two classes, bce_with_logits"
        )
    if not len(logits):
        raise ValueError("no logits: there is no class")
    warn_of_activated("cross_entropy", logits[0] if _is_sequence(logits[0]) else logits)
    if not any(map(_is_sequence, logits)):
        check_reduction(reduction)
        return _surprise(logits, target)
    return _reduced([_surprise(row, t) for row, t in _rows(logits, target)], reduction)


def _surprise(logits: Sequence[Any], target: Numbers) -> Value:
    """The cross entropy of one sample."""
    if isinstance(logits, np.ndarray) and logits.dtype.kind in "iub":
        logits = logits.astype(float)
    if not _is_sequence(target):
        return _surprise_of_class(logits, _class(target, len(logits)))
    if len(target) != len(logits):
        raise ValueError(f"{len(logits)} logits for a target of {len(target)}")
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
    """Each row of a batch of logits with its target."""
    widths = sorted({len(row) if _is_sequence(row) else 0 for row in logits})
    if len(widths) > 1 or not widths[0]:
        raise ValueError(f"the rows of logits have {' and '.join(map(str, widths))} classes")
    if not _is_sequence(targets):
        raise ValueError(f"{len(logits)} rows of logits for one target")
    if len(targets) != len(logits):
        raise ValueError(f"{len(logits)} rows of logits for {len(targets)} targets")
    return list(zip(logits, targets, strict=True))


def _class(target: object, count: int) -> Value | int:
    """The index of a class: a plain one is checked, a Value is looked up when the program runs."""
    target = plain_array(target, "the target").item() if isinstance(target, np.ndarray) else target
    if isinstance(target, Value):
        return target
    if not _is_plain(target):
        raise TypeError(f"a target is the index of a class, or a number for each, not a {kind_of(target)}")
    if not (target == target // 1 and 0 <= target < count):
        raise IndexError(f"there is no class {float(target):g}: {count} logits are for the classes 0 to {count - 1}")
    return int(target)


# ── what targets may be ─────────────────────────────────────────────────────────────────────────────────────────────

_SHARE = (
    lambda target: (target >= 0) & (target <= 1),
    "from 0 to 1",
    "labels y of -1 and +1 become (y + 1) / 2, or go with hinge_loss",
)
_SIDE = (lambda target: abs(target) == 1, "of -1 and +1", "labels y of 0 and 1 become 2 * y - 1")
TARGETS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "bce_loss": _SHARE, "bce_with_logits": _SHARE, "hinge_loss": _SIDE,
}  # fmt: skip
"""Whether a loss takes a target, or each of an array; which ones it takes, and what to do with others, in words."""


def refuse_targets(loss: Callable[..., Any], targets: Array, classes: int | None, name: str = "y") -> None:
    """Raise ValueError for the first target in an array that a loss of this file does not take, naming its place.

    classes: how many outputs the model has, None for a bare one. In a compiled program targets are Values, and a
    wrong one would give a loss that is wrong, or nan.
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
        raise ValueError(f"{of} takes targets {which}, and {where}: {advice}")


def _indices(classes: int) -> tuple[Callable[[Any], Any], str, str]:
    return (
        lambda target: (target >= 0) & (target < classes) & (target == target // 1),
        f"of 0 to {classes - 1}, a class for each of {classes} outputs",
        "more outputs, or np.unique(y, return_inverse=True)[1] to number the labels from 0",
    )


def _target(loss: str, target: Value | float) -> Value | float:
    """The target: a plain one is checked, a Value is taken as it is."""
    takes, which, advice = TARGETS[loss]
    if _is_plain(target) and not takes(target):
        raise ValueError(f"{loss} takes targets {which}, not {float(target):g}: {advice}")
    return target


# ── what the losses share ───────────────────────────────────────────────────────────────────────────────────────────


def _counted(weight: Value | float, x: Numeric, infinity: float) -> Numeric:
    """x, but 0 where it is this infinity and its weight, a Value, is 0: what has no weight contributes nothing."""
    if _is_plain(weight):
        return x
    return nx.where(nx.equal(weight, 0.0) & nx.equal(x, infinity), 0.0, x)


_LEAST_LOG, _LEAST_PROBABILITY = -100.0, 1e-12


def _held(p: Numeric, logarithm: Numeric) -> Numeric:
    """ln p, but −100 at least, with a slope of 10¹² at most: p = 0 is finite, and still has a way out."""
    line = (p - nx.detach(p)) / _LEAST_PROBABILITY  # 0, with the slope 10¹²
    return nx.where(p > _LEAST_PROBABILITY, logarithm, nx.maximum(nx.detach(logarithm), _LEAST_LOG) + line)


def _is_plain(x: object) -> TypeGuard[float]:
    return isinstance(x, (numbers.Real, np.bool_))


def check_reduction(reduction: Reduction) -> None:
    """Raise ValueError for a reduction that there is not."""
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is 'mean' or 'sum', not {reduction!r}")


def _reduced(terms: Sequence[Value], reduction: Reduction) -> Value:
    check_reduction(reduction)
    return (autograd.mean if reduction == "mean" else autograd.sum)(terms)  # type: ignore[no-any-return]


def _is_sequence(x: object) -> TypeGuard[Sequence[Any] | Array]:
    return isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.ndim > 0)


def _pairs(predicted: Numbers, wanted: Numbers) -> list[tuple[Any, Any]]:
    """Every prediction with its target: never broadcast."""
    predictions, targets = _listed(predicted), _listed(wanted)
    are_listed, is_listed = isinstance(predictions, (list, tuple)), isinstance(targets, (list, tuple))
    if not are_listed and not is_listed:
        return [(_bare(predictions), _bare(targets))]
    if are_listed != is_listed:  # a bare number where a sequence of one is meant
        if are_listed and len(predictions) > 1:
            raise ValueError(
                f'{len(predictions)} predictions for 1 targets; a class of several goes with loss="cross_entropy"'
            )
        return _pairs(predictions if are_listed else [predictions], targets if is_listed else [targets])
    if len(predictions) != len(targets):
        raise ValueError(f"{len(predictions)} predictions for {len(targets)} targets")
    if not len(predictions):
        raise ValueError("no predictions: there is nothing to average")
    return [pair for p, t in zip(predictions, targets, strict=True) for pair in _pairs(p, t)]


def _listed(x: object) -> Any:
    """What goes through numbers as a list of them; those of an array are Python's own, which do not overflow."""
    if isinstance(x, (Value, float, list, tuple)):
        return x
    if isinstance(x, np.ndarray):
        return plain_array(x, "the output or the target").tolist()
    return list(x) if isinstance(x, (range, Iterator)) else x


def _bare(x: object) -> object:
    """A number; a plain one as a float, so that it neither overflows nor wraps around."""
    return float(x) if type(x) is not float and _is_plain(x) else x
