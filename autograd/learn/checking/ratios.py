"""What the numbers themselves say, without a list of mistakes: yours is twice what is expected, or its square.

Each sentence is true as it stands, for it is read from the numbers of one probe, and said only of those that are wrong.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import SMALLEST, TOLERANCE, Outcome, same, same_item

__all__ = ["Ratio", "ratio_sentence"]

Vector = Mapping[str, Outcome]
Numbers = Sequence[float]


@dataclass(frozen=True)
class Ratio:
    """How a learner's numbers are related to the right ones.

    kind: the key of the sentence, in the ``ratio`` table of ``locale``. where: the places in the outcome that are
    wrong, from 1; empty where all are. factor: what the right number is multiplied by, or what is added to it. probe:
    where it shows. others: in how many further probes it is the same, of all that are wrong.
    """

    kind: str
    where: tuple[int, ...] = ()
    factor: float = 1.0
    probe: str = ""
    others: int = 0

    @property
    def is_of_all(self) -> bool:
        """Whether it is about the outcome as a whole: its numbers are the right ones elsewhere."""
        return self.kind in _ORDERS


_ORDERS = ("transposed", "reversed", "swapped", "previous", "next", "added_up", "another_order")
_LARGEST = 100  # of the whole numbers that are taken for a factor
_FACTORS = {
    "minus": -1.0,
    "twice": 2.0,
    "minus_twice": -2.0,
    "half": 0.5,
    "minus_half": -0.5,
    "over_log_10": 1 / math.log(10),
    "log_10": math.log(10),
    "over_log_2": 1 / math.log(2),
    "log_2": math.log(2),
}


def ratio_sentence(exercise: Exercise, outcomes: Vector, right: Vector) -> Ratio | None:
    """How the first outcome that is wrong is related to the right one; None where nothing simple is true.

    Whether the same is true of the others that are wrong is counted.
    """
    wrong = [name for name in right if name in outcomes and not same(outcomes[name], right[name])]
    ratios = [_ratio(outcomes[name], right[name], exercise.probes.get(name, "")) for name in wrong]
    if not ratios or ratios[0] is None:
        return None
    first = ratios[0]
    alike = [ratio for ratio in ratios[1:] if ratio and _key(ratio) == _key(first)]
    return Ratio(first.kind, first.where, first.factor, wrong[0], len(alike))


def _key(ratio: Ratio) -> tuple[str, float]:
    """What is the same where the same is true of two probes: the factor, unless it goes with their lengths."""
    return ratio.kind, 0.0 if ratio.kind.endswith("_n") else float(f"{ratio.factor:.6g}")


def _ratio(outcome: Outcome, right: Outcome, source: str) -> Ratio | None:
    """How one outcome is related to the right one."""
    items, expected = outcome.items, right.items
    if outcome.error or right.error or len(items) != len(expected):
        return None
    wrong = [index for index in range(len(items)) if not same_item(items[index], expected[index])]
    pairs = [(items[index], expected[index]) for index in wrong]
    if not all(isinstance(x, float) and math.isfinite(x) for pair in pairs for x in pair):
        return None
    yours, others = [x for x, _ in pairs], [y for _, y in pairs]
    where = () if len(wrong) == len(items) else tuple(index + 1 for index in wrong)
    kind, factor = _of_factor(yours, others, _lengths(source)) or _of_function(yours, others) or ("", 1.0)
    if kind:
        return Ratio(kind, where, factor)
    order = _of_order(outcome, right, wrong)
    return Ratio(order) if order else None


def _of_factor(yours: Numbers, right: Numbers, lengths: Sequence[int]) -> tuple[str, float] | None:
    """What all right numbers are multiplied by, or what is added to each of them."""
    if all(abs(x) <= SMALLEST for x in yours):
        return "zero", 0.0
    if all(right):
        factor = yours[0] / right[0]
        if _equal(yours, [factor * x for x in right]):
            known = next(
                (kind for kind, number in _FACTORS.items() if math.isclose(factor, number, rel_tol=TOLERANCE)), None
            )
            if known:
                return known, factor
            for length in lengths:
                if math.isclose(factor, length, rel_tol=TOLERANCE):
                    return "times_n", float(length)
                if math.isclose(factor, 1 / length, rel_tol=TOLERANCE):
                    return "over_n", float(length)
            return ("times", factor) if len(yours) > 1 and _is_simple(factor) else None
    difference = yours[0] - right[0]
    if _equal(yours, [x + difference for x in right]) and (
        len(yours) > 1 or math.isclose(abs(difference), 1, rel_tol=TOLERANCE)
    ):
        return "more", difference
    return None


def _is_simple(factor: float) -> bool:
    """Whether a factor, or 1 over it, is a small whole number: another may be so for this probe's numbers alone."""
    sizes = abs(factor), 1 / abs(factor)
    return any(1 < size < _LARGEST and math.isclose(size, round(size), rel_tol=TOLERANCE) for size in sizes)


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "size": abs,
    "square": lambda x: x * x,
    "root": math.sqrt,
    "reciprocal": lambda x: 1 / x,
    "floor": math.floor,
    "exp": math.exp,
    "log": math.log,
}


def _of_function(yours: Numbers, right: Numbers) -> tuple[str, float] | None:
    """The function that makes yours of the right numbers."""
    for kind, function in _FUNCTIONS.items():
        try:
            numbers = [float(function(x)) for x in right]
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if _equal(yours, numbers):
            return kind, 1.0
    if any(_equal(yours, [round(x, digits) for x in right]) for digits in range(5)):
        return "rounded", 1.0
    return None


def _of_order(outcome: Outcome, right: Outcome, wrong: Sequence[int]) -> str | None:
    """The right numbers, but elsewhere: transposed, reversed, one step late."""
    numbers = outcome.items, right.items
    if len(wrong) < 2 or not all(isinstance(x, float) for items in numbers for x in items):
        return None
    yours, others = numbers
    rows = _rows(outcome), _rows(right)
    if rows[0] and rows[1] and rows[0] == [list(column) for column in zip(*rows[1], strict=False)]:
        return "transposed"
    if _equal(yours, others[::-1]):
        return "swapped" if len(yours) == 2 else "reversed"
    if len(yours) > 2 and _equal(yours[1:], others[:-1]):
        return "previous"
    if len(yours) > 2 and _equal(yours[:-1], others[1:]):
        return "next"
    if len(yours) > 2 and _equal(yours, [math.fsum(others[: index + 1]) for index in range(len(others))]):
        return "added_up"
    return "another_order" if _equal(sorted(yours), sorted(others)) else None


def _rows(outcome: Outcome) -> list[list[float]]:
    """The numbers in their rows, where they were put together as a list of lists; else []."""
    if not outcome.form.startswith(("[[", "[(", "((", "([")) or "{" in outcome.form:
        return []
    rows = ast.literal_eval(outcome.form.replace("%s", "{}").format(*map(repr, outcome.items)))
    is_table = all(isinstance(row, (list, tuple)) and all(isinstance(x, float) for x in row) for row in rows)
    return [[float(f"{x:.6g}") for x in row] for row in rows] if is_table else []


def _lengths(source: str) -> list[int]:
    """How long the lists are that a probe is written with, the longest first, and how many numbers they have in all."""
    lists = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.List)] if source else []
    counts = {sum(isinstance(part, ast.Constant | ast.UnaryOp) for part in ast.walk(node)) for node in lists}
    return sorted({length for length in counts | {len(node.elts) for node in lists} if length > 2}, reverse=True)


def _equal(yours: Sequence[object], numbers: Sequence[object]) -> bool:
    """Whether two lists hold the same numbers, which are not all 0."""
    if len(yours) != len(numbers):
        return False
    pairs = [
        (x, y) for x, y in zip(yours, numbers, strict=True) if isinstance(x, float) and isinstance(y, (int, float))
    ]
    return len(pairs) == len(yours) and all(
        math.isclose(x, y, rel_tol=TOLERANCE, abs_tol=SMALLEST * 1e-3) for x, y in pairs
    )
