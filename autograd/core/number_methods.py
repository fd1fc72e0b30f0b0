"""A Value among other numbers: Python's comparisons, conversions and rounding, and NumPy's functions."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from autograd import numeric as nx
from autograd.core._operators import Operators
from autograd.core.number_kinds import without_axes
from autograd.core.operators import NUMPY_NAMES
from autograd.core.recording import allow_reading, condition, is_recording, open_recordings, refuse_while_recording
from autograd.table import RULES
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, is_numpy_number, np

__all__ = ["NumberMethods"]

Compare = Callable[[Any, Any], Any]

_COMPARISONS: dict[str, Callable[..., Any]] = {
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "isfinite": nx.isfinite, "isinf": nx.isinf, "isnan": nx.isnan,
}  # fmt: skip
"""NumPy's functions that return a truth value."""


class NumberMethods(Operators):
    """The methods that Python and NumPy expect of a number. Value adds the graph."""

    __slots__ = ()

    data: float
    _datum: Any

    # ── comparisons ─────────────────────────────────────────────────────────────────────────────────────────────────

    def __lt__(self, other: object) -> Any:
        return self._compared("less", operator.lt, other)

    def __le__(self, other: object) -> Any:
        return self._compared("less_equal", operator.le, other)

    def __gt__(self, other: object) -> Any:
        return self._compared("greater", operator.gt, other)

    def __ge__(self, other: object) -> Any:
        return self._compared("greater_equal", operator.ge, other)

    def __eq__(self, other: object) -> Any:
        """Compare with a plain number exactly, by number; with a Value or any other object by identity."""
        return self._compared_exactly("equal", operator.eq, other)

    def __ne__(self, other: object) -> Any:
        return self._compared_exactly("not_equal", operator.ne, other)

    __hash__ = object.__hash__  # by identity: decision 0018

    def _compared(self, name: str, compare: Compare, other: object) -> Any:
        number: Any = other
        if type(other) is not float and type(other) is not int and not isinstance(other, NumberMethods):
            number = other.item() if is_numpy_number(other) else other  # NumPy would compare a float32 in single
            if not isinstance(number, (float, int, numbers.Real)):
                return NotImplemented
        if open_recordings and is_recording():
            return condition(name, (self, other))
        return compare(self.data, number.data if isinstance(number, NumberMethods) else number)

    def _compared_exactly(self, name: str, compare: Compare, other: object) -> Any:
        """Compare exactly. A number that no float equals (⅓, 2⁵³ + 1) is simply unequal, also while recording."""
        if isinstance(other, NumberMethods):
            return NotImplemented
        number: Any = other
        if type(other) is not float and type(other) is not int:
            number = other.item() if is_numpy_number(other) else other
            if not isinstance(number, (float, int, numbers.Number)):
                return NotImplemented
        if open_recordings and is_recording():
            nearest = nx.real(number.real)
            return condition(name, (self, nearest)) if nearest == number else name == "not_equal"
        return bool(compare(self.data, number))

    # ── conversions ─────────────────────────────────────────────────────────────────────────────────────────────────

    def __bool__(self) -> bool:
        if open_recordings:
            refuse_while_recording("branch")
        return bool(self._datum)

    def __float__(self) -> float:
        refuse_while_recording("float")
        raise TypeError(
            "a Value is not converted to a float automatically, because its gradient would be lost\n"
            "  try             v.data for the number alone; or v.exp() or autograd.exp(v) instead of math.exp(v)"
        )

    __complex__ = __float__

    def item(self) -> float:
        """Return the number, like ``data``; PyTorch and NumPy use this name.

        >>> import autograd
        >>> autograd.Value(2.0).item()
        2.0
        """
        return self.data

    def __int__(self) -> int:
        refuse_while_recording("int")
        return int(self.__float__())

    def __index__(self) -> int:
        refuse_while_recording("index")
        raise TypeError(
            "a Value is a real number, so it cannot be an index, the end of a slice or a count\n"
            "  try             autograd.pick(table, v) instead of table[v], or int(v.data) for the number alone"
        )

    def __format__(self, spec: str) -> str:
        with allow_reading():
            return format(self.data, spec)

    def __pos__(self) -> Self:
        return self

    def conjugate(self) -> Self:
        """Return the Value itself, because it is real. NumPy calls this in var, std and vdot."""
        return self

    # ── rounding ────────────────────────────────────────────────────────────────────────────────────────────────────

    def __round__(self, digits: int | None = None) -> Any:
        """Apply the rule ``round``; with digits, as for printing, return a plain number."""
        return RULES["round"](self) if digits is None else round(self.data, digits)

    def __floor__(self) -> Any:
        return RULES["floor"](self)

    def __ceil__(self) -> Any:
        return RULES["ceil"](self)

    def __trunc__(self) -> Any:
        return RULES["trunc"](self)

    def __divmod__(self, other: object) -> tuple[Any, Any]:
        return operator.floordiv(self, other), operator.mod(self, other)

    def __rdivmod__(self, other: object) -> tuple[Any, Any]:
        return operator.floordiv(other, self), operator.mod(other, self)

    # ── autograd.numeric and NumPy ────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def __apply_function__(name: str, operands: Sequence[nx.Numeric], **parameters: nx.Numeric) -> Any:
        """Apply a function of ``autograd.numeric``: the rule with that name."""
        if name == "equal":
            return operands[0]._compared("equal", operator.eq, operands[1])
        if name == "detach":
            return operands[0]._detached()
        if name in _COMPARISONS:
            return condition(name, operands)  # nothing else is left of a Value once it is detached
        if name == "step":
            return NotImplemented  # made of comparisons
        rule = RULES[name].variant(parameters=parameters) if parameters else RULES[name]
        return rule(*([operands] if rule.sequences else operands))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: nx.Numeric, **options: nx.Numeric) -> Any:
        """Apply one of NumPy's functions: the rule with that name; with an array, an object array of Values."""
        (out,) = options.pop("out", (None,)) if ufunc.nout == 1 else (None,)
        if method == "reduce" and len(inputs) == 1 and inputs[0] is self:  # np.sum(v)
            return ufunc.reduce(np.asarray(self, dtype=object), out=out, **options)
        if method != "__call__" or options:
            return NotImplemented
        if out is None:
            return self._under_ufunc(ufunc, [without_axes(x, ufunc.__name__) for x in inputs])
        if not is_array(out) or out.dtype != object:  # np.add(v, 1.0, out=values), values += v
            return NotImplemented
        np.copyto(out, self.__array_ufunc__(ufunc, method, *inputs))
        return out

    def _under_ufunc(self, ufunc: np.ufunc, inputs: Sequence[nx.Numeric]) -> Any:
        name, rule = ufunc.__name__, NUMPY_NAMES.get(ufunc.__name__)
        if any(map(is_array, inputs)):
            if rule is not None and not rule.operator:
                return rule(*inputs)
            with nx.ieee():
                return ufunc(*(plain_array(x, f"an operand of {name}", object) for x in inputs))
        if name in ("equal", "not_equal"):
            a, b = inputs if isinstance(inputs[0], NumberMethods) else reversed(inputs)
            answer = a.__eq__(b) if name == "equal" else a.__ne__(b)
            return (a is b) == (name == "equal") if answer is NotImplemented else answer
        if name in _COMPARISONS:
            if is_recording():
                return condition(name, inputs)
            return _COMPARISONS[name](*(x.data if isinstance(x, NumberMethods) else x for x in inputs))
        if rule is not None:
            return rule(*inputs)
        if name in ("positive", "conjugate"):
            return self
        raise TypeError(
            f"np.{name} has no rule, so the gradient would be lost\n"
            f"  try             @autograd.rule to add {name}, or v.data for the number alone"
        )

    def __array_function__(
        self, function: Callable[..., Any], types: object, operands: Sequence[nx.Numeric], options: Mapping[str, object]
    ) -> Any:
        """Apply another NumPy function: the rule with that name, or NumPy's own code on an object array."""
        name = function.__name__
        rule = RULES.get(name) if function.__module__ == "numpy" else None
        if rule is not None and not rule.sequences and not options and len(operands) == len(rule.operands):
            return rule(*operands)
        try:
            return function._implementation(*operands, **options)  # type: ignore[attr-defined]  # NumPy's own name
        except (AttributeError, TypeError) as error:
            if "no attribute 'dtype'" not in str(error) and "not supported for the input types" not in str(error):
                raise
            advice = f"autograd.{name}(list of Values), or " if name in RULES else ""
            raise TypeError(
                f"np.{name} does not work on Values\n  try             {advice}v.data for the number alone"
            ) from error
