"""The numbers that a heat map is given, as tuples: from lists, arrays, Values, with a clear error for anything else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

from autograd.util.printable import a_kind_of, quoted
from autograd.value import number_of
from autograd.viz.sequences.panel import Rows, labels

__all__ = ["heads_of", "rows_of", "square", "tokens_of"]

SLACK = 1e-6
"""By so much a weight may be below 0 or above 1: the rounding of numbers in single precision."""

SUM_SLACK = 0.01
"""By so much the probabilities of a row may miss a sum of 1: they may have been rounded to three digits."""


def heads_of(weights: object) -> list[list[list[float]]]:
    """The weights of each head, row by row; of one head without a list around it, too."""
    outer = _listed(weights, "weights")
    first = _listed(outer[0], "weights[0]")
    if _is_listed(first[0]):
        if _is_listed(_listed(first[0], "weights[0][0]")[0]):
            raise ValueError(
                "weights are nested four deep: they are the heads of every layer, but a picture shows one layer\n"
                "  try             viz.attention(weights[0], …) for the first layer"
            )
        return [_matrix(head, f"weights[{index}]") for index, head in enumerate(outer)]
    return [_matrix(outer, "weights")]


def rows_of(rows: object) -> Rows:
    """The probabilities, (positions, tokens): all rows of one length, each with a sum of 1."""
    matrix = _matrix(rows, "rows")
    lengths = {len(row) for row in matrix}
    if len(lengths) > 1:
        raise ValueError(
            f"rows differ in length: {sorted(lengths)}; each row has a probability for every token of the vocabulary"
        )
    for index, row in enumerate(matrix):
        total = sum(row)
        if any(x < -SLACK for x in row) or abs(total - 1) > SUM_SLACK:  # nan is no reason to show nothing
            raise ValueError(
                f"rows[{index}] is no row of probabilities: its numbers add up to {total:.4g}, the least is "
                f"{min(row):.4g}\n  try             autograd.softmax(row), if these are logits"
            )
    return tuple(map(_clipped, matrix))


def square(matrix: Sequence[Sequence[float]], name: str) -> Rows:
    """The weights of one head, (letters, letters), nan where a letter does not see another because it comes later.

    A row may end at its own letter, as in a model that keeps keys and values; and zeros everywhere above the diagonal
    are what a mask has left.
    """
    count = len(matrix)
    for index, row in enumerate(matrix):
        if len(row) not in (index + 1, count):
            raise ValueError(
                f"{name}[{index}] has {len(row)} weights: row {index} of {count} has {index + 1}, up to its own token, "
                f"or {count}, for all tokens"
            )
        for column, x in enumerate(row):
            if not -SLACK <= x <= 1 + SLACK and x == x:
                raise ValueError(
                    f"{name}[{index}][{column}] is {x:.4g}, but a weight is between 0 and 1\n"
                    "  try             autograd.softmax(scores), if these are scores"
                )
    return tuple(_clipped([*row, *[math.nan] * (count - len(row))]) for row in matrix)


def _clipped(row: Sequence[float]) -> tuple[float, ...]:
    """Its numbers, those below 0 or above 1 by their rounding as 0 and 1."""
    return tuple(0.0 if x <= 0 else 1.0 if x > 1 else x for x in row)


def tokens_of(tokens: object, count: int, name: str = "tokens") -> tuple[str, ...]:
    """The names of so many tokens: their numbers where none are given."""
    if tokens is None:
        return labels(range(count), count)
    given = tokens if isinstance(tokens, str) else _listed(tokens, name)
    if len(given) != count:
        is_text = isinstance(tokens, str) and len(given) + 1 == count
        advice = "\n  try             ['·', *text], with the token that begins a text" if is_text else ""
        raise ValueError(f"{name} are {len(given)}, but there are {count} rows of weights: one token for each{advice}")
    return labels(given, count)


def _matrix(rows: object, name: str) -> list[list[float]]:
    return [
        [_number(x, f"{name}[{i}][{j}]") for j, x in enumerate(_listed(row, f"{name}[{i}]"))]
        for i, row in enumerate(_listed(rows, name))
    ]


def _is_listed(thing: object) -> TypeGuard[Any]:
    return isinstance(thing, (list, tuple)) or (hasattr(thing, "tolist") and getattr(thing, "ndim", 0) > 0)


def _listed(thing: Any, name: str) -> list[Any]:
    """A list, a tuple or an array as a list that is not empty."""
    if not _is_listed(thing):
        raise TypeError(f"{name} is {_shown(thing)}, not a list of numbers")
    members: list[Any] = thing.tolist() if hasattr(thing, "tolist") else list(thing)
    if not members:
        raise ValueError(f"{name} is empty: there is nothing to draw")
    return members


def _number(thing: Any, name: str) -> float:
    plain = number_of(thing)
    if isinstance(plain, (str, bytes, bool)) or not hasattr(plain, "__float__"):
        raise TypeError(f"{name} is {_shown(thing)}, not a number")
    return float(plain)


def _shown(thing: object) -> str:
    return quoted(thing) if isinstance(thing, str) else a_kind_of(thing)
