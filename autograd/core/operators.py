"""Methods made from rules: for users' rules, for NumPy's other names, and for Values of a transform's level.

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
"""The rule for each NumPy function, by NumPy's name."""
_OTHER_NAMES = {"abs": ["fabs"], "deg2rad": ["radians"], "pow": ["float_power"], "rad2deg": ["degrees"]}
"""More NumPy names for a rule."""


def install(rule: Rule, value: type[Value], level_value: type[LevelValue]) -> None:
    """Add a rule's method, operator and NumPy name to the classes.

    Raises RuleError if Value already has an attribute with that name that does not come from a rule.
    """
    is_written = rule.builtin and rule.name in vars(Operators)
    if not is_written and hasattr(value, rule.name) and not hasattr(getattr(value, rule.name), "rule"):
        raise RuleError(f"rule {rule.name}: Value already has an attribute of this name; choose another")
    rule.formula = rule.formula or FORMULAS.get(rule.name, "")  # python -OO drops docstrings
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
        setattr(level_value, name, method)  # the methods written out in _operators.py assume floats
        for function in filter(None, (method, written)):
            function.__doc__, function.rule = rule.formula, rule


def _method(rule: Rule, value: type[Value]) -> Callable[..., Any]:
    return lambda self, *others, **parameters: value._call(rule, (self, *others), parameters)


def _operator(rule: Rule, value: type[Value]) -> Callable[..., Any]:
    return lambda self, *others: value._apply(rule, (self, *others))


def _reflected(rule: Rule, value: type[Value]) -> Callable[..., Any]:
    return lambda self, other: value._apply(rule, (other, self))
