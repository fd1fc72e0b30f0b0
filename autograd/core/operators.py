"""Operators, methods, comparisons and NumPy's functions: every rule of the table, put on Value."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import numeric as nx
from autograd import table
from autograd.core._operators import FORMULAS, Operators
from autograd.core.conditions import condition
from autograd.core.recording import is_recording, open_recordings
from autograd.errors import RuleError
from autograd.util.arrays import plain_array
from autograd.value import LevelValue, Value, _without_axes, number_of

__all__: list[str] = []

_NUMPY_NAMES: dict[str, table.Rule] = {}
_OTHER_NAMES = {"abs": ["fabs"], "deg2rad": ["radians"], "pow": ["float_power"], "rad2deg": ["degrees"]}
"""NumPy's further names of a rule."""
_COMPARISONS: dict[str, Callable[..., Any]] = {
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "isfinite": np.isfinite, "isinf": np.isinf, "isnan": np.isnan,
}  # fmt: skip


def _install(rule: table.Rule) -> None:
    """Give Value the method, the operator and NumPy's name of a rule."""
    written = rule.builtin and rule.name in vars(Operators)
    if not written and hasattr(Value, rule.name) and not hasattr(getattr(Value, rule.name), "rule"):
        raise RuleError(f"rule {rule.name}: Value has an attribute of that name already; choose another")
    rule.formula = rule.formula or FORMULAS.get(rule.name, "")  # python -OO has left docstrings out
    if rule.sequences:
        return
    names = {rule.numpy, *_OTHER_NAMES.get(rule.name, [])}
    _NUMPY_NAMES.update(dict.fromkeys(names, rule))
    for name in {rule.name} | names | ({f"__{rule.operator}__"} if rule.operator else set()):
        _set_method(rule, name, reflected=False)
    if rule.operator and len(rule.operands) == 2:
        _set_method(rule, f"__r{rule.operator}__", reflected=True)


def _set_method(rule: table.Rule, name: str, reflected: bool) -> None:
    """A method of the rule; of this package's rules Value has one already, with the rule written into it."""
    method = _general_method(rule, reflected, name.startswith("__"))
    for cls in (Value, LevelValue):
        written = vars(Operators).get(name) if cls is Value and rule.builtin else None
        if written is None:
            method.__name__, method.__qualname__ = name, f"{cls.__name__}.{name}"
            setattr(cls, name, method)
        found: Any = written or method
        found.__doc__, found.rule = rule.formula, rule


def _general_method(rule: table.Rule, reflected: bool, is_operator: bool) -> Callable[..., Any]:
    if is_operator:
        return (lambda self, *others: Value._apply(rule, (*others, self))) if reflected else (
            lambda self, *others: Value._apply(rule, (self, *others)))  # fmt: skip
    return lambda self, *others, **parameters: Value._call(rule, (self, *others), parameters)


def _comparison(name: str, compare: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def method(self: Value, other: Any) -> Any:
        if open_recordings and is_recording() and isinstance(other, (Value, numbers.Real, np.bool_)):
            return condition(name, (self, other))
        if isinstance(other, Value):
            other = other.data
        elif not isinstance(other, (int, float, numbers.Real, np.bool_)):
            return NotImplemented
        return compare(self.data, _python_number(other))

    return method


def _equality(name: str, compare: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    """``==`` or ``!=``: with a plain number of any kind by number, exactly; with a Value, or with no number, identity.

    While recording, a number that no float is equal to, as ⅓ or 2⁵³ + 1, is never equal: that is no condition.
    """

    def method(self: Value, other: Any) -> Any:
        if isinstance(other, Value) or not isinstance(other, (numbers.Number, np.bool_)):
            return NotImplemented
        other = _python_number(other)
        if open_recordings and is_recording():
            number = nx.real(other.real)
            return condition(name, (self, number)) if number == other else name == "not_equal"
        return bool(compare(self.data, other))

    return method


def _python_number(number: Any) -> Any:
    """A NumPy number as Python's own: with a float32, NumPy would compare in single precision."""
    return number.item() if isinstance(number, np.generic) else number


def _array_ufunc(self: Value, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """NumPy's functions on a Value: the rule of that name; with an array, an object array of Values."""
    (out,) = options.pop("out", (None,)) if ufunc.nout == 1 else (None,)
    if method == "reduce" and len(inputs) == 1 and inputs[0] is self:  # np.sum(v)
        return ufunc.reduce(np.asarray(self, dtype=object), out=out, **options)
    if method != "__call__" or options:
        return NotImplemented
    if out is not None:  # np.add(v, 1.0, out=values), values += v
        if not isinstance(out, np.ndarray) or out.dtype != object:
            return NotImplemented
        np.copyto(out, _array_ufunc(self, ufunc, method, *inputs))
        return out
    inputs = tuple(_without_axes(x, ufunc.__name__) for x in inputs)
    rule = _NUMPY_NAMES.get(ufunc.__name__)
    if any(isinstance(x, np.ndarray) for x in inputs):
        if rule is not None and not rule.operator:
            return rule(*inputs)
        with nx.ieee():
            return ufunc(*(plain_array(x, f"an operand of {ufunc.__name__}", object) for x in inputs))
    if ufunc.__name__ in ("equal", "not_equal"):
        a, b = inputs if isinstance(inputs[0], Value) else reversed(inputs)
        found = a.__eq__(b) if ufunc.__name__ == "equal" else a.__ne__(b)
        return (a is b) == (ufunc.__name__ == "equal") if found is NotImplemented else found
    compare = _COMPARISONS.get(ufunc.__name__)
    if compare is not None and is_recording():
        return condition(ufunc.__name__, inputs)
    if compare is not None:
        return compare(*map(number_of, inputs))
    if rule is not None:
        return rule(*inputs)
    if ufunc.__name__ in ("positive", "conjugate"):
        return self
    raise TypeError(
        f"np.{ufunc.__name__} has no rule, so it would lose the gradient: add one with @autograd.rule, "
        "or use v.data where the number alone is meant"
    )


def _array_function(self: Value, function: Any, types: Any, operands: Any, options: Any) -> Any:
    """NumPy's other functions: the rule of that name, or what NumPy does with an object array."""
    name = function.__name__
    rule = table.RULES.get(name) if function.__module__ == "numpy" else None
    if rule is not None and not rule.sequences and not options and len(operands) == len(rule.operands):
        return rule(*operands)
    try:
        return function._implementation(*operands, **options)
    except (AttributeError, TypeError) as error:
        if "no attribute 'dtype'" not in str(error) and "not supported for the input types" not in str(error):
            raise
        advice = f"autograd.{name}(list of Values), or " if name in table.RULES else ""
        raise TypeError(f"np.{name} has no form for a Value: {advice}v.data where the number alone is meant") from error


Value.__array_ufunc__ = _array_ufunc
Value.__array_function__ = _array_function
for _name, _symbol in (("less", "lt"), ("less_equal", "le"), ("greater", "gt"), ("greater_equal", "ge")):
    setattr(Value, f"__{_symbol}__", _comparison(_name, _COMPARISONS[_name]))
Value._equal = _comparison("equal", operator.eq)
Value.__eq__ = _equality("equal", operator.eq)  # type: ignore[method-assign]
Value.__ne__ = _equality("not_equal", operator.ne)  # type: ignore[method-assign]

table.subscribe(_install)
