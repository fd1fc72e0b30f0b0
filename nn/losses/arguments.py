"""What losses take: predictions and targets, paired; and how their terms become one number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeGuard

import autograd
from autograd import Value
from autograd import numeric as nx
from autograd.numeric import Numeric
from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import is_array, is_real_number

__all__ = ["Numbers", "Reduction", "check_reduction", "counted", "is_plain", "is_sequence", "pairs_of", "reduced"]

Numbers = Value | float | Sequence[Any] | Array
Reduction = Literal["mean", "sum"]


def counted(weight: Value | float, x: Numeric, infinity: float) -> Numeric:
    """x, or 0 if it is this infinity and its weight, a Value, is 0: a term without weight contributes nothing."""
    if is_plain(weight):
        return x
    return nx.where(nx.equal(weight, 0.0) & nx.equal(x, infinity), 0.0, x)


def is_plain(x: object) -> TypeGuard[float]:
    """Whether x is a plain number."""
    return is_real_number(x)


def check_reduction(reduction: Reduction) -> None:
    """Raise ValueError for an unknown reduction."""
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction must be 'mean' or 'sum', not {reduction!r}")


def reduced(terms: Sequence[Value], reduction: Reduction) -> Value:
    """Return the mean or the sum of the terms. Raises ValueError for any other reduction."""
    check_reduction(reduction)
    return (autograd.mean if reduction == "mean" else autograd.sum)(terms)  # type: ignore[no-any-return]


def is_sequence(x: object) -> TypeGuard[Sequence[Any] | Array]:
    """Whether x is a list, a tuple or an array with axes."""
    return isinstance(x, (list, tuple)) or (is_array(x) and x.ndim > 0)


def pairs_of(predicted: Numbers, wanted: Numbers) -> list[tuple[Any, Any]]:
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
        return pairs_of(predictions if are_listed else [predictions], targets if is_listed else [targets])
    if len(predictions) != len(targets):
        raise ValueError(f"there are {len(predictions)} predictions but {len(targets)} targets")
    if not len(predictions):
        raise ValueError("there are no predictions to average")
    return [pair for p, t in zip(predictions, targets, strict=True) for pair in pairs_of(p, t)]


def _listed(x: object) -> Any:
    """Turn iterables of numbers into lists; an array's numbers become Python's own, which do not overflow."""
    if isinstance(x, (Value, float, list, tuple)):
        return x
    if is_array(x):
        return plain_array(x, "the output or the target").tolist()
    return list(x) if isinstance(x, (range, Iterator)) else x


def _bare(x: object) -> object:
    """Return a number; a plain one as a float, so that it neither overflows nor wraps around."""
    return float(x) if type(x) is not float and is_plain(x) else x
