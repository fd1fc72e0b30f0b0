"""The cross entropy of several classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd import numeric as nx
from autograd.rules import below_largest
from autograd.util.arrays import plain_array
from autograd.util.printable import a_kind_of
from nn.logits import warn_of_activated
from nn.losses.arguments import Numbers, Reduction, check_reduction, counted, is_plain, is_sequence, reduced
from nn.losses.table import loss_function

__all__ = ["cross_entropy"]


def _example(function: Callable[..., Any], kind: int, reduction: Reduction) -> list[Any]:
    """Build the loss of one sample and of a batch, with a target of one of five kinds."""
    target: Any = [0, 1, [0.25, 0.75], [0.0, 1.0], [Value(0.25), Value(0.75)]][kind]
    single = function([Value(0.25), Value(0.75)], target)
    return [single, function([[Value(0.25), Value(0.75)]] * 2, [target] * 2, reduction=reduction)]


@loss_function("categorical_crossentropy", "sparse_categorical_crossentropy", "CrossEntropyLoss", example=_example)
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
    if not is_sequence(logits):
        raise TypeError(
            f"cross_entropy takes a list with one logit per class, not {a_kind_of(logits)}; "
            "for two classes and a single logit use bce_with_logits"
        )
    if not len(logits):
        raise ValueError("the list of logits is empty: there must be one per class")
    warn_of_activated("cross_entropy", logits[0] if is_sequence(logits[0]) else logits)
    if not any(map(is_sequence, logits)):
        check_reduction(reduction)
        return _surprise(logits, target)
    return reduced([_surprise(row, t) for row, t in _rows(logits, target)], reduction)


def _surprise(logits: Sequence[Any], target: Numbers) -> Value:
    """Compute the cross entropy of one sample."""
    if isinstance(logits, np.ndarray) and logits.dtype.kind in "iub":
        logits = logits.astype(float)
    if not is_sequence(target):
        return _surprise_of_class(logits, _class(target, len(logits)))
    if len(target) != len(logits):
        raise ValueError(f"there are {len(logits)} logits but the target has length {len(target)}")
    scores = autograd.log_softmax(logits)
    pairs = [(t, counted(t, x, -math.inf)) for t, x in zip(target, scores, strict=True)]
    terms = [(t, x) for t, x in pairs if not is_plain(t) or t] or [(0.0, autograd.max(list(logits)))]
    return 0.0 - autograd.dot(*zip(*terms, strict=True))  # type: ignore[no-any-return]  # and not −0


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
    widths = sorted({len(row) if is_sequence(row) else 0 for row in logits})
    if len(widths) > 1 or not widths[0]:
        raise ValueError(f"all rows of logits need the same number of classes, not {' and '.join(map(str, widths))}")
    if not is_sequence(targets):
        raise ValueError(f"there are {len(logits)} rows of logits but only one target")
    if len(targets) != len(logits):
        raise ValueError(f"there are {len(logits)} rows of logits but {len(targets)} targets")
    return list(zip(logits, targets, strict=True))


def _class(target: object, count: int) -> Value | int:
    """Return a class's index: a plain one is checked, a Value is looked up when the program runs."""
    target = plain_array(target, "the target").item() if isinstance(target, np.ndarray) else target
    if isinstance(target, Value):
        return target
    if not is_plain(target):
        raise TypeError(f"a target must be a class's index, or one number per class, not {a_kind_of(target)}")
    if not (target == target // 1 and 0 <= target < count):
        raise IndexError(f"there is no class {float(target):g}: with {count} logits the classes are 0 to {count - 1}")
    return int(target)
