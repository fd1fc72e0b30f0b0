"""The cross entropy of several classes."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Value
from autograd import numeric as nx
from autograd.rules import below_largest
from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import is_array, np
from autograd.util.printable import a_kind_of
from nn.logits import warn_of_activated
from nn.losses.arguments import Numbers, Reduction, check_reduction, counted, is_plain, is_sequence
from nn.losses.table import DEFAULT_IGNORED, loss_function

__all__ = ["Options", "check_options", "class_weights", "cross_entropy"]


def _example(function: Callable[..., Any], kind: int, reduction: Reduction) -> list[Any]:
    """Build the loss of one sample and of a batch, with a target of one of five kinds."""
    target: Any = [0, 1, [0.25, 0.75], [0.0, 1.0], [Value(0.25), Value(0.75)]][kind]
    single = function([Value(0.25), Value(0.75)], target)
    return [single, function([[Value(0.25), Value(0.75)]] * 2, [target] * 2, reduction=reduction)]


@loss_function("categorical_crossentropy", "sparse_categorical_crossentropy", "CrossEntropyLoss", example=_example)
def cross_entropy(
    logits: Sequence[Any],
    target: Numbers,
    reduction: Reduction = "mean",
    *,
    weight: Sequence[float] | Array | None = None,
    ignore_index: int = DEFAULT_IGNORED,
    label_smoothing: float = 0.0,
) -> Value:
    """The cross entropy between softmax(logits) and a target, −Σ wₖtₖ ln softmaxₖ, computed stably from the logits.

    logits: (classes,), or (n, classes) for a batch, which is reduced over its rows.
    target: the class's index, or (classes,) numbers that sum to 1, one-hot or soft. For a batch, n of either.
    reduction: "mean" or "sum". The mean divides by the weights of the targets that count: Σ w of their classes, where
    they are indices, and n where they are probabilities.
    weight: a number w for each class; by default all are 1.
    ignore_index: an index that is no class: rows with it count for nothing and have no gradient.
    label_smoothing: ε from 0 to 1; targets become (1 − ε)t + ε/classes.

    The formulas are PyTorch's, except that a mean of which every row is ignored is 0 (in PyTorch it is nan). A class of
    weight 0 contributes nothing, even if its logit is −∞. Raises ValueError if the lengths differ and for options out
    of their range, TypeError for a bare logit, and IndexError for an index that is neither a class nor ignore_index.

    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], 2)
    Value(0.4076059644443803)
    >>> cross_entropy([Value(1.0), Value(2.0), Value(3.0)], [0.0, 0.0, 1.0])
    Value(0.4076059644443803)
    >>> cross_entropy([[Value(1.0), Value(2.0), Value(3.0)], [Value(0.0)] * 3], [2, 0])
    Value(0.753109126556245)
    >>> cross_entropy([[Value(1.0), Value(2.0), Value(3.0)], [Value(0.0)] * 3], [2, -100])
    Value(0.4076059644443803)
    """
    if not is_sequence(logits):
        raise TypeError(
            f"cross_entropy takes a list with one logit per class, not {a_kind_of(logits)}; "
            "for two classes and a single logit use bce_with_logits"
        )
    if not len(logits):
        raise ValueError("the list of logits is empty: there must be one per class")
    check_reduction(reduction)
    warn_of_activated("cross_entropy", logits[0] if is_sequence(logits[0]) else logits)
    is_batch = any(map(is_sequence, logits))
    pairs = _rows(logits, target) if is_batch else [(logits, target)]
    options = check_options(weight, ignore_index, label_smoothing)
    if options.weights is not None and len(options.weights) != len(pairs[0][0]):
        raise ValueError(f"there are {len(pairs[0][0])} logits but {len(options.weights)} class weights")
    terms = [term for row, t in pairs if (term := _term(row, t, options)) is not None]
    if not terms:
        return autograd.where(True, 0.0, pairs[0][0][0])  # type: ignore[no-any-return]  # 0 without a gradient
    if not is_batch and (reduction == "sum" or options.weights is None):
        return terms[0][0]  # type: ignore[no-any-return]  # its count is 1, or 0 as it is itself
    return _joined(terms, reduction)


class Options:
    """The options of ``cross_entropy``; weights is None where all are 1."""

    def __init__(self, weights: list[float] | None, ignored: int, smoothing: float) -> None:
        self.weights, self.ignored, self.smoothing = weights, ignored, smoothing


_Term = tuple[Any, Any]
"""The loss of one row, and its count, by which the mean divides."""


def check_options(weight: object, ignore_index: int, label_smoothing: float) -> Options:
    """Return the options of ``cross_entropy``. Raises ValueError for one that is out of its range."""
    if not is_plain(label_smoothing) or not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(f"label_smoothing must be a number from 0 to 1, not {label_smoothing!r:.60}")
    if isinstance(ignore_index, bool) or not is_plain(ignore_index) or ignore_index != ignore_index // 1:
        raise ValueError(f"ignore_index must be a whole number, not {ignore_index!r:.60}")
    return Options(None if weight is None else class_weights(weight), int(ignore_index), float(label_smoothing))


def class_weights(weight: object) -> list[float]:
    """Return the weights of classes as numbers. Raises ValueError unless each is finite and 0 or more."""
    weights = plain_array(weight, "weight", float)
    if weights.ndim != 1 or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"weight must be a list with a finite number, 0 or more, for each class, not {weight!r:.100}")
    return weights.tolist()  # type: ignore[no-any-return]


def _term(logits: Sequence[Any], target: Numbers, options: Options) -> _Term | None:
    """Compute the loss of one row; None if its target, a plain one, is ignored."""
    if is_array(logits) and logits.dtype.kind in "iub":
        logits = logits.astype(float)
    if is_sequence(target):
        if len(target) != len(logits):
            raise ValueError(f"there are {len(logits)} logits but the target has length {len(target)}")
        return _of_shares(logits, target, options), 1.0
    index = _class(target, len(logits), options.ignored)
    if index is None:
        return None
    if not isinstance(index, Value):
        return _of_class(logits, index, index, options), options.weights[index] if options.weights else 1.0
    is_ignored = nx.equal(index, float(options.ignored))
    known = autograd.where(is_ignored, 0.0, index)
    count = autograd.pick(options.weights, known) if options.weights else 1.0
    loss = _of_class(logits, index, known, options)
    return autograd.where(is_ignored, 0.0, loss), autograd.where(is_ignored, 0.0, count)


def _joined(terms: Sequence[_Term], reduction: Reduction) -> Value:
    """Return the sum of the rows' losses, divided by their counts if it is a mean."""
    losses, counts = zip(*terms, strict=True)
    if reduction == "sum":
        return autograd.sum(losses)  # type: ignore[no-any-return]
    if all(is_plain(count) and count == 1.0 for count in counts):
        return autograd.mean(losses)  # type: ignore[no-any-return]
    count = autograd.maximum(autograd.sum(counts), sys.float_info.min)  # 0/0 is 0 here: nothing counts
    return autograd.sum(losses) / count  # type: ignore[no-any-return]


def _of_class(logits: Sequence[Any], target: Value | int, known: Value | int, options: Options) -> Any:
    """Compute wₜ·(1 − ε)·(−ln softmaxₜ) + ε/classes·Σ wₖ·(−ln softmaxₖ).

    target, known: the class's index; where it is a Value and ignored, known is 0 instead.
    """
    weights, smoothing = options.weights, options.smoothing
    loss = _surprise(logits, target, known)
    if weights is not None:
        weight = autograd.pick(weights, known)
        no_weight = is_plain(weight) and not weight
        loss = autograd.where(True, 0.0, loss) if no_weight else weight * counted(weight, loss, math.inf)
    if not smoothing:
        return loss
    even = _of_shares(logits, [1.0 / len(logits)] * len(logits), Options(weights, options.ignored, 0.0))
    return (1.0 - smoothing) * loss + smoothing * even


def _surprise(logits: Sequence[Any], target: Value | int, known: Value | int) -> Any:
    """−ln softmaxₜ = softplus(ln Σ e^xⱼ − xₜ) over all j but t, so that nothing cancels where the class is certain."""
    scores = below_largest("cross_entropy", logits)
    if isinstance(target, Value):
        others = [autograd.where(nx.equal(target, float(i)), -math.inf, x) for i, x in enumerate(scores)]
    else:
        others = scores[:target] + scores[target + 1 :] or [-math.inf]
    return autograd.softplus(autograd.logsumexp(others) - autograd.pick(scores, known))


def _of_shares(logits: Sequence[Any], target: Sequence[Any] | Array, options: Options) -> Any:
    """Compute −Σ wₖtₖ ln softmaxₖ for a target of probabilities, smoothed."""
    smoothing, even = options.smoothing, options.smoothing / len(logits)
    shares = [(1.0 - smoothing) * t + even for t in target] if smoothing else list(target)
    if options.weights is not None:
        shares = [w * t for w, t in zip(options.weights, shares, strict=True)]
    scores = autograd.log_softmax(logits)
    pairs = [(t, counted(t, x, -math.inf)) for t, x in zip(shares, scores, strict=True)]
    terms = [(t, x) for t, x in pairs if not is_plain(t) or t] or [(0.0, autograd.max(list(logits)))]
    return 0.0 - autograd.dot(*zip(*terms, strict=True))  # and not −0


def _rows(logits: Sequence[Any], targets: Numbers) -> list[tuple[Sequence[Any], Any]]:
    """Pair each row of a batch of logits with its target."""
    widths = sorted({len(row) if is_sequence(row) else 0 for row in logits})
    if len(widths) > 1 or not widths[0]:
        raise ValueError(f"all rows of logits need the same number of classes, not {' and '.join(map(str, widths))}")
    if not is_sequence(targets):
        raise ValueError(f"there are {len(logits)} rows of logits but only one target")
    if len(targets) != len(logits):
        raise ValueError(f"there are {len(logits)} rows of logits but {len(targets)} targets")
    return list(zip(logits, targets, strict=True))


def _class(target: object, count: int, ignored: int) -> Value | int | None:
    """Return a class's index: a plain one is checked, a Value is looked up when the program runs; None if ignored."""
    target = plain_array(target, "the target").item() if is_array(target) else target
    if isinstance(target, Value):
        return target
    if not is_plain(target):
        raise TypeError(f"a target must be a class's index, or one number per class, not {a_kind_of(target)}")
    if target == ignored:
        return None
    if not (target == target // 1 and 0 <= target < count):
        raise IndexError(f"there is no class {float(target):g}: with {count} logits the classes are 0 to {count - 1}")
    return int(target)
