"""Tracing a rule: it runs once on stand-ins for arrays, which note the array calls that compute it."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, SupportsFloat

import numpy as np

from autograd import numeric as nx
from autograd.table import RULES, Rule

__all__ = ["Call", "Function", "Operand", "Reference", "Temporary", "Trace", "reads_signs", "signs", "trace"]


class Operand(NamedTuple):
    """An operand of the rule, by its position ``number``, counted from 0."""

    number: int


class Temporary(NamedTuple):
    """The result of a call, by its position ``number``, counted from 0. ``truth``: it holds truth values."""

    number: int
    truth: bool


Reference = Operand | Temporary | float

Function = Callable[..., Any] | str
"""An array function: a ufunc, a function without ``out``, or the name "where" or "step"."""


class Call(NamedTuple):
    """One array call: the function, its operands, and whether it gives truth values."""

    function: Function
    operands: tuple[Reference, ...]
    truth: bool


class Trace(NamedTuple):
    """A traced rule: its calls in order, its value, and each operand's local derivative (None if it has none)."""

    calls: tuple[Call, ...]
    value: Reference
    local: tuple[Reference | None, ...]


class Untraceable(Exception):
    """The rule cannot be traced: it branches on its operands, or uses more than arithmetic."""


_TRUTH = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and, np.logical_or,
    np.logical_xor, np.logical_not, np.isfinite, np.isinf, np.isnan, np.signbit,
}  # fmt: skip


class _Traced:
    """A stand-in for an array. Arithmetic and functions of NumPy and ``autograd.numeric`` note a call on it."""

    __slots__ = ("calls", "reference")

    def __init__(self, calls: dict[Call, int], reference: Reference) -> None:
        self.calls, self.reference = calls, reference

    def _note(self, function: Function, *operands: object, truth: bool = False) -> Any:
        references: list[Reference] = []
        for x in operands:
            if isinstance(x, _Traced):
                references.append(x.reference)
            elif isinstance(x, (bool, int, float, np.number, np.bool_)):
                references.append(float(x))
            else:
                raise Untraceable(type(x).__name__)
        if function is np.power and references[1] in (2.0, 3.0, -1.0) and isinstance(references[1], float):
            return self._whole_power(_Traced(self.calls, references[0]), references[1])
        if function is np.power and isinstance(references[1], float) and references[1] == 0.5:
            return self._root(_Traced(self.calls, references[0]))
        if function is np.power and not isinstance(
            references[1], float
        ):  # which may be ½ in one call and not in another
            function = nx.array_power
        simple = _simplified(function, references)
        if simple is not None:
            return simple if isinstance(simple, float) else _Traced(self.calls, simple)
        call = Call(function, tuple(references), truth or function in _TRUTH)
        return _Traced(self.calls, Temporary(self.calls.setdefault(call, len(self.calls)), call.truth))

    def _whole_power(self, x: _Traced, exponent: float) -> Any:
        """Compute x², x³ or 1/x by products and a quotient, twenty times as fast as np.power."""
        if exponent < 0:
            return self._note(np.true_divide, 1.0, x)
        square = self._note(np.square, x)
        return square if exponent == 2.0 else self._note(np.multiply, square, x)

    def _root(self, x: _Traced) -> Any:
        """Compute x to the power of ½ as a square root, with pow's results at −∞ and −0."""
        root = self._note(np.sqrt, self._note(np.add, x, 0.0))
        return self._note("where", self._note(np.equal, x, -math.inf), math.inf, root)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **options: object) -> Any:
        if method != "__call__" or options or ufunc.nout != 1:
            raise Untraceable(ufunc.__name__)
        return self._note(ufunc, *inputs)

    @staticmethod
    def __apply_function__(name: str, operands: Sequence[Any], **parameters: Any) -> Any:
        traced = next(x for x in operands if isinstance(x, _Traced))
        if name == "detach":
            return traced
        if name in _ARRAY_CALLS:
            return traced._note(_ARRAY_CALLS[name], *operands)
        if name == "polygamma":
            return traced._note(nx.polygamma_of_order(**parameters), *operands)
        rule = RULES.get(name)
        function = getattr(np, name if rule is None else rule.numpy, None)
        if isinstance(function, np.ufunc):
            return traced._note(function, *operands)
        raise Untraceable(name)

    @staticmethod
    def __apply_rule__(rule: Rule, operands: Sequence[Any]) -> Any:
        raise Untraceable(rule.name)

    def __and__(self, other: object) -> Any:
        if isinstance(other, (bool, np.bool_)):
            return self if other else False
        return self._note(np.logical_and, self, other)

    def __or__(self, other: object) -> Any:
        if isinstance(other, (bool, np.bool_)):
            return True if other else self
        return self._note(np.logical_or, self, other)

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Any:
        return self._note(np.logical_not, self)

    def __neg__(self) -> Any:
        return self._note(np.negative, self)

    def __abs__(self) -> Any:
        return self._note(np.absolute, self)

    def __pos__(self) -> _Traced:
        return self

    def __bool__(self) -> bool:
        raise Untraceable("a branch")

    __float__ = __int__ = __index__ = __len__ = __iter__ = __bool__
    __hash__ = None  # type: ignore[assignment]


_ARRAY_CALLS: dict[str, Any] = {
    "equal": np.equal,
    "step": "step",
    "where": "where",
    **{name: getattr(nx, name) for name in ("digamma", "erf", "erfc", "erfinv", "lgamma")},  # NumPy has none of them
}


def _operator(function: np.ufunc, reflected: bool) -> Callable[[_Traced, object], Any]:
    def method(self: _Traced, other: object) -> Any:
        return self._note(function, other, self) if reflected else self._note(function, self, other)

    return method


_ufunc: np.ufunc
for _name, _ufunc in (
    ("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("truediv", np.true_divide), ("pow", np.power),
):  # fmt: skip
    setattr(_Traced, f"__{_name}__", _operator(_ufunc, False))
    setattr(_Traced, f"__r{_name}__", _operator(_ufunc, True))
for _name, _ufunc in (
    ("lt", np.less), ("le", np.less_equal), ("gt", np.greater), ("ge", np.greater_equal), ("eq", np.equal),
    ("ne", np.not_equal),
):  # fmt: skip
    setattr(_Traced, f"__{_name}__", _operator(_ufunc, False))


def _simplified(function: Function, references: Sequence[Reference]) -> Reference | None:
    """The result if no call is needed: of x·1, −0 + x, x¹, or of plain numbers. (0 + x is 0 where x is −0.)"""
    if all(type(x) is float for x in references) and isinstance(function, np.ufunc):
        with nx.ieee():
            return float(function(*references))
    if len(references) != 2:
        return None
    a, b = references
    if (function is np.multiply and b == 1.0) or (function in (np.power, np.true_divide) and b == 1.0):
        return a if type(b) is float else None
    if function is np.multiply and type(a) is float and a == 1.0:
        return b
    if function is np.add and type(a) is float and a == 0.0 and math.copysign(1.0, a) < 0.0:
        return b
    return None


def trace(rule: Rule, constants: tuple[float | None, ...]) -> Trace | None:
    """Trace a rule whose operand i is an array, or the number ``constants[i]``; None if it cannot be traced.

    rule: the rule.
    constants: a number for each operand that is one, otherwise None.

    >>> print(trace(RULES["tanh"], (None,)).calls[0].function)
    <ufunc 'tanh'>
    """
    return _traced(rule, constants, signs(constants))


def signs(constants: tuple[float | None, ...]) -> tuple[float, ...]:
    """The constants' signs. In a cache's key they tell 0.0 from −0.0, which are equal."""
    return tuple([0.0 if x is None else math.copysign(1.0, x) for x in constants])


_SIGNS = {np.arctan2, np.copysign, np.signbit}


def reads_signs(rule: Rule) -> bool:
    """Whether a finite result may depend on a zero's sign, like a point's angle. (1/x does too, but is not finite.)"""
    if rule.function is None or rule.sequences:
        return False
    traced = trace(rule, (None,) * len(rule.operands))
    return not rule.builtin if traced is None else any(call.function in _SIGNS for call in traced.calls)


@functools.lru_cache(maxsize=1000)
def _traced(rule: Rule, constants: tuple[float | None, ...], _: tuple[float, ...]) -> Trace | None:
    calls: dict[Call, int] = {}
    operands = [_Traced(calls, Operand(i)) if x is None else x for i, x in enumerate(constants)]
    try:
        value, local = rule.function(*rule.grouped(operands))
        if rule.sequences:
            local = list(itertools.chain.from_iterable(local))
        local = [x() if callable(x) and constants[i] is None else x for i, x in enumerate(local)]
        local = [None if callable(x) else x for x in local]
        return Trace(tuple(calls), _reference(value), tuple(None if x is None else _reference(x) for x in local))
    except Exception:  # a user's rule may raise any error for an operand that is not a number
        return None


def _reference(x: _Traced | SupportsFloat) -> Reference:
    return x.reference if isinstance(x, _Traced) else float(x)
