"""Conditions: the results of comparisons in a recorded function. The program computes a 0 or 1 for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import numeric as nx
from autograd.core.node import new_node, set_operands
from autograd.core.recording import refusal
from autograd.table import Rule
from autograd.util.lazy_numpy import np
from autograd.value import Value

__all__ = ["CONDITIONS", "Condition", "condition"]


def _rule(name: str, symbol: str, function: Callable[..., nx.Numeric], operands: int = 2) -> Rule:
    def value_and_none(*numbers: nx.Numeric) -> tuple[Any, tuple[None, ...]]:
        return function(*numbers), (None,) * operands

    names = ("a", "b")[:operands]
    return Rule(
        name, value_and_none, symbol=symbol, operands=names, builtin=True, operator=name if operands == 2 else ""
    )


CONDITIONS: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        _rule("less", "<", lambda a, b: a < b),
        _rule("less_equal", "<=", lambda a, b: a <= b),
        _rule("greater", ">", lambda a, b: a > b),
        _rule("greater_equal", ">=", lambda a, b: a >= b),
        _rule("equal", "=", lambda a, b: a == b),
        _rule("not_equal", "≠", lambda a, b: a != b),
        _rule("logical_and", "&", lambda a, b: np.logical_and(a, b)),
        _rule("logical_or", "|", lambda a, b: np.logical_or(a, b)),
        _rule("logical_xor", "^", lambda a, b: np.logical_xor(a, b)),
        _rule("isfinite", "isfinite", lambda a: np.isfinite(a), operands=1),
        _rule("isinf", "isinf", lambda a: np.isinf(a), operands=1),
        _rule("isnan", "isnan", lambda a: np.isnan(a), operands=1),
    )
}
"""The operations that give a condition. They are not in the table: they have no derivatives and never run eagerly."""


class Condition(Value):
    """The result of a recorded comparison. Combine conditions with ``&``, ``|`` and ``^``."""

    __slots__ = ()

    def __and__(self, other: object) -> Any:
        return condition("logical_and", (self, other))

    def __or__(self, other: object) -> Any:
        return condition("logical_or", (self, other))

    def __xor__(self, other: object) -> Any:
        return condition("logical_xor", (self, other))

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Any:
        raise refusal(
            "cannot use ~ on a condition while compiling",
            "the opposite comparison, x <= 0 instead of ~(x > 0); in Python ~True is -2",
        )


Condition.__name__ = Condition.__qualname__ = "condition"  # the name in Python's own messages


def condition(name: str, operands: Sequence[object]) -> Any:
    """Record a condition on these operands: Values of any level, or numbers. A condition has no derivative.

    If all operands are numbers, the result is a plain truth value.
    """
    if name.startswith("logical"):
        for operand in operands:
            nx.refuse_no_truth(operand)
    operands = [_lowest(operand) for operand in operands]
    if not any(isinstance(operand, Value) for operand in operands):
        return bool(CONDITIONS[name].function(*operands)[0])
    numbers = [operand._datum if isinstance(operand, Value) else operand for operand in operands]
    node = new_node(Condition, float(CONDITIONS[name].function(*numbers)[0]))
    set_operands(node, CONDITIONS[name], operands, [None] * len(operands))
    return node


def _lowest(operand: object) -> Any:
    """The user's own Value below those of transforms, or the number."""
    while isinstance(operand, Value) and operand._level:
        operand = operand._datum
    return operand if isinstance(operand, Value) else nx.real(operand)
