"""The rules of the table as methods: of users' rules, under NumPy's other names, and for Values of a transform's level.

The methods of this package's own rules are written out in ``_operators.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.core._operators import FORMULAS, Operators
from autograd.errors import RuleError
from autograd.table import Rule

if TYPE_CHECKING:
    from autograd.value import LevelValue, Value

__all__ = ["NUMPY_NAMES", "install"]

NUMPY_NAMES: dict[str, Rule] = {}
"""The rule of each of NumPy's functions."""
_OTHER_NAMES = {"abs": ["fabs"], "deg2rad": ["radians"], "pow": ["float_power"], "rad2deg": ["degrees"]}
"""NumPy's further names of a rule."""


def install(rule: Rule, value: type[Value], level_value: type[LevelValue]) -> None:
    """Give the classes the method, the operator and NumPy's name of a rule.

    Raises RuleError where Value has an attribute of that name that is no rule's.
    """
    is_written = rule.builtin and rule.name in vars(Operators)
    if not is_written and hasattr(value, rule.name) and not hasattr(getattr(value, rule.name), "rule"):
        raise RuleError(f"rule {rule.name}: Value has an attribute of that name already; choose another")
    rule.formula = rule.formula or FORMULAS.get(rule.name, "")  # python -OO has left docstrings out
    if rule.sequences:
        return
    numpy_names = {rule.numpy, *_OTHER_NAMES.get(rule.name, [])}
    NUMPY_NAMES.update(dict.fromkeys(numpy_names, rule))
    methods = {name: _method(rule, value) for name in {rule.name} | numpy_names}
    if rule.operator:
        methods[f"__{rule.operator}__"] = _operator(rule, value)
    if rule.operator and len(rule.operands) == 2:
        methods[f"__r{rule.operator}__"] = _reflected(rule, value)
    for name, method in methods.items():
        method.__name__, method.__qualname__ = name, f"Value.{name}"
        written = vars(Operators).get(name) if rule.builtin else None
        if written is None:
            setattr(value, name, method)
        setattr(level_value, name, method)  # what is written out takes its numbers for floats
        for function in filter(None, (method, written)):
            function.__doc__, function.rule = rule.formula, rule


def _method(rule: Rule, value: type[Value]) -> Callable[..., Any]:
    return lambda self, *others, **parameters: value._call(rule, (self, *others), parameters)


def _operator(rule: Rule, value: type[Value]) -> Callable[..., Any]:
    return lambda self, *others: value._apply(rule, (self, *others))


def _reflected(rule: Rule, value: type[Value]) -> Callable[..., Any]:
    return lambda self, other: value._apply(rule, (other, self))
