# mypy: disable-error-code="no-untyped-call, no-any-return, assignment, misc"
"""The methods of Value that apply the table's rules, each with its rule written into it.

Generated from rules.py by ``python -m tools.operators`` (``make operators``): do not edit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from autograd import numeric as nx
from autograd.core.in_place import tracked_here
from autograd.core.modes import open_blocks
from autograd.core.node import NO_GRAD_YET
from autograd.rules import (
    _DEGREES_A_RADIAN,
    _INF,
    _LN2,
    _LN10,
    _NAN,
    _RADIANS_A_DEGREE,
    _SELU_ALPHA,
    _SELU_SCALE,
    _TWO_OVER_SQRT_PI,
    _bell,
    _corner,
    _cosine,
    _decay,
    _flat_power,
    _hyperbolic_cosecant,
    _one_less_square,
    _share,
    _share_of_numbers,
    _sinc_slope_near_zero,
    _slope_of_power,
)
from autograd.table import RULES

if TYPE_CHECKING:
    from autograd.value import Value
else:
    Value = None  # value.py puts its class here

__all__ = ["FORMULAS", "Operators"]

_new = object.__new__
_add = RULES["add"]
_add_second_constant = _add.variant(constant_operand=1)
_add_first_constant = _add.variant(constant_operand=0)
_sub = RULES["sub"]
_sub_second_constant = _sub.variant(constant_operand=1)
_sub_first_constant = _sub.variant(constant_operand=0)
_mul = RULES["mul"]
_mul_second_constant = _mul.variant(constant_operand=1)
_mul_first_constant = _mul.variant(constant_operand=0)
_truediv = RULES["truediv"]
_truediv_second_constant = _truediv.variant(constant_operand=1)
_truediv_first_constant = _truediv.variant(constant_operand=0)
_neg = RULES["neg"]
_pow = RULES["pow"]
_pow_second_constant = _pow.variant(constant_operand=1)
_pow_first_constant = _pow.variant(constant_operand=0)
_square = RULES["square"]
_reciprocal = RULES["reciprocal"]
_mod = RULES["mod"]
_mod_second_constant = _mod.variant(constant_operand=1)
_mod_first_constant = _mod.variant(constant_operand=0)
_fmod = RULES["fmod"]
_fmod_second_constant = _fmod.variant(constant_operand=1)
_floordiv = RULES["floordiv"]
_floordiv_second_constant = _floordiv.variant(constant_operand=1)
_floordiv_first_constant = _floordiv.variant(constant_operand=0)
_deg2rad = RULES["deg2rad"]
_rad2deg = RULES["rad2deg"]
_lerp = RULES["lerp"]
_exp = RULES["exp"]
_exp2 = RULES["exp2"]
_expm1 = RULES["expm1"]
_log = RULES["log"]
_log1p = RULES["log1p"]
_log2 = RULES["log2"]
_log10 = RULES["log10"]
_sqrt = RULES["sqrt"]
_rsqrt = RULES["rsqrt"]
_cbrt = RULES["cbrt"]
_logaddexp = RULES["logaddexp"]
_logaddexp_second_constant = _logaddexp.variant(constant_operand=1)
_logaddexp2 = RULES["logaddexp2"]
_logaddexp2_second_constant = _logaddexp2.variant(constant_operand=1)
_logit = RULES["logit"]
_log_share = RULES["log_share"]
_log_share_second_constant = _log_share.variant(constant_operand=1)
_xlogy = RULES["xlogy"]
_xlogy_second_constant = _xlogy.variant(constant_operand=1)
_abs = RULES["abs"]
_sign = RULES["sign"]
_floor = RULES["floor"]
_ceil = RULES["ceil"]
_round = RULES["round"]
_trunc = RULES["trunc"]
_copysign = RULES["copysign"]
_copysign_second_constant = _copysign.variant(constant_operand=1)
_hypot = RULES["hypot"]
_hypot_second_constant = _hypot.variant(constant_operand=1)
_maximum = RULES["maximum"]
_maximum_second_constant = _maximum.variant(constant_operand=1)
_minimum = RULES["minimum"]
_minimum_second_constant = _minimum.variant(constant_operand=1)
_fmax = RULES["fmax"]
_fmax_second_constant = _fmax.variant(constant_operand=1)
_fmin = RULES["fmin"]
_fmin_second_constant = _fmin.variant(constant_operand=1)
_clip = RULES["clip"]
_where = RULES["where"]
_sin = RULES["sin"]
_cos = RULES["cos"]
_tan = RULES["tan"]
_sec = RULES["sec"]
_csc = RULES["csc"]
_cot = RULES["cot"]
_asin = RULES["asin"]
_acos = RULES["acos"]
_atan = RULES["atan"]
_atan2 = RULES["atan2"]
_atan2_second_constant = _atan2.variant(constant_operand=1)
_asec = RULES["asec"]
_acsc = RULES["acsc"]
_acot = RULES["acot"]
_sinc = RULES["sinc"]
_sinh = RULES["sinh"]
_cosh = RULES["cosh"]
_tanh = RULES["tanh"]
_asinh = RULES["asinh"]
_acosh = RULES["acosh"]
_atanh = RULES["atanh"]
_sech = RULES["sech"]
_csch = RULES["csch"]
_coth = RULES["coth"]
_asech = RULES["asech"]
_acsch = RULES["acsch"]
_acoth = RULES["acoth"]
_sigmoid = RULES["sigmoid"]
_logsigmoid = RULES["logsigmoid"]
_softplus = RULES["softplus"]
_relu = RULES["relu"]
_leaky_relu = RULES["leaky_relu"]
_relu6 = RULES["relu6"]
_hardtanh = RULES["hardtanh"]
_softsign = RULES["softsign"]
_elu = RULES["elu"]
_selu = RULES["selu"]
_gelu = RULES["gelu"]
_silu = RULES["silu"]
_mish = RULES["mish"]
_erf = RULES["erf"]
_erfc = RULES["erfc"]
_erfinv = RULES["erfinv"]
_lgamma = RULES["lgamma"]
_digamma = RULES["digamma"]
_polygamma = RULES["polygamma"]


class Operators:
    """What Value can do by the table. For operands of other types, ``_apply`` does it."""

    __slots__ = ()

    def __add__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = a + b
                node._local = 1.0
                node._other_local = 1.0
            except (ArithmeticError, ValueError):
                return Value._apply(_add, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _add
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_add, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = a + b
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_add, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _add_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_add, (self, other))

    def __radd__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_add, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                node = _new(Value)
                node._datum = a + b
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_add, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _add_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_add, (other, self))

    def add(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = a + b
                node._local = 1.0
                node._other_local = 1.0
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_add, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _add
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_add, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = a + b
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_add, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _add_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_add, (self, other))

    def __sub__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = a - b
                node._local = 1.0
                node._other_local = -1.0
            except (ArithmeticError, ValueError):
                return Value._apply(_sub, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _sub
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_sub, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = a - b
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_sub, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _sub_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_sub, (self, other))

    def __rsub__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_sub, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                node = _new(Value)
                node._datum = a - b
                node._local = -1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_sub, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _sub_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_sub, (other, self))

    def sub(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = a - b
                node._local = 1.0
                node._other_local = -1.0
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_sub, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _sub
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_sub, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = a - b
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_sub, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _sub_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_sub, (self, other))

    subtract = sub

    def __mul__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = a * b
                node._local = b
                node._other_local = a
            except (ArithmeticError, ValueError):
                return Value._apply(_mul, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _mul
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_mul, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = a * b
                node._local = b
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_mul, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _mul_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_mul, (self, other))

    def __rmul__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_mul, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                node = _new(Value)
                node._datum = a * b
                node._local = a
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_mul, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _mul_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_mul, (other, self))

    def mul(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = a * b
                node._local = b
                node._other_local = a
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_mul, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _mul
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_mul, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = a * b
                node._local = b
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_mul, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _mul_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_mul, (self, other))

    multiply = mul

    def __truediv__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                out = a / b
                node = _new(Value)
                node._datum = out
                node._local = 1.0 / b
                node._other_local = -out / b
            except (ArithmeticError, ValueError):
                return Value._apply(_truediv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _truediv
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_truediv, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                out = a / b
                node = _new(Value)
                node._datum = out
                node._local = 1.0 / b
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_truediv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _truediv_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_truediv, (self, other))

    def __rtruediv__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_truediv, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                out = a / b
                node = _new(Value)
                node._datum = out
                node._local = -out / b
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_truediv, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _truediv_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_truediv, (other, self))

    def truediv(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                out = a / b
                node = _new(Value)
                node._datum = out
                node._local = 1.0 / b
                node._other_local = -out / b
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_truediv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _truediv
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_truediv, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                out = a / b
                node = _new(Value)
                node._datum = out
                node._local = 1.0 / b
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_truediv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _truediv_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_truediv, (self, other))

    divide = truediv

    def __neg__(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = -x
            node._local = -1.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value._apply(_neg, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _neg
        return node if not open_blocks else tracked_here(node)

    def neg(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = -x
            node._local = -1.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_neg, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _neg
        return node if not open_blocks else tracked_here(node)

    negative = neg

    def __pow__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                out = nx.power(a, b)
                exact = (b >= 0.5) & (b <= 1000000.0)
                slope = b * nx.power(a, b - 1.0) if exact is True else _slope_of_power(a, b, out, exact)
                zero = nx.equal(b, 0.0)
                slope = slope if zero is False else nx.where(zero & nx.isnan(slope), _corner(b), slope)
                flat = nx.equal(a, 0.0) & (b >= 0.0)
                node = _new(Value)
                node._datum = out
                node._local = slope
                node._other_local = (
                    out * nx.log(a) if flat is False else nx.where(flat, _flat_power(a, b), out * nx.log(a))
                )
            except (ArithmeticError, ValueError):
                return Value._apply(_pow, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _pow
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_pow, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                out = nx.power(a, b)
                exact = (b >= 0.5) & (b <= 1000000.0)
                slope = b * nx.power(a, b - 1.0) if exact is True else _slope_of_power(a, b, out, exact)
                zero = nx.equal(b, 0.0)
                slope = slope if zero is False else nx.where(zero & nx.isnan(slope), _corner(b), slope)
                flat = nx.equal(a, 0.0) & (b >= 0.0)
                node = _new(Value)
                node._datum = out
                node._local = slope
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_pow, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _pow_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_pow, (self, other))

    def __rpow__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_pow, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                out = nx.power(a, b)
                exact = (b >= 0.5) & (b <= 1000000.0)
                slope = b * nx.power(a, b - 1.0) if exact is True else _slope_of_power(a, b, out, exact)
                zero = nx.equal(b, 0.0)
                slope = slope if zero is False else nx.where(zero & nx.isnan(slope), _corner(b), slope)
                flat = nx.equal(a, 0.0) & (b >= 0.0)
                node = _new(Value)
                node._datum = out
                node._local = out * nx.log(a) if flat is False else nx.where(flat, _flat_power(a, b), out * nx.log(a))
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_pow, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _pow_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_pow, (other, self))

    def pow(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                out = nx.power(a, b)
                exact = (b >= 0.5) & (b <= 1000000.0)
                slope = b * nx.power(a, b - 1.0) if exact is True else _slope_of_power(a, b, out, exact)
                zero = nx.equal(b, 0.0)
                slope = slope if zero is False else nx.where(zero & nx.isnan(slope), _corner(b), slope)
                flat = nx.equal(a, 0.0) & (b >= 0.0)
                node = _new(Value)
                node._datum = out
                node._local = slope
                node._other_local = (
                    out * nx.log(a) if flat is False else nx.where(flat, _flat_power(a, b), out * nx.log(a))
                )
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_pow, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _pow
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_pow, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                out = nx.power(a, b)
                exact = (b >= 0.5) & (b <= 1000000.0)
                slope = b * nx.power(a, b - 1.0) if exact is True else _slope_of_power(a, b, out, exact)
                zero = nx.equal(b, 0.0)
                slope = slope if zero is False else nx.where(zero & nx.isnan(slope), _corner(b), slope)
                flat = nx.equal(a, 0.0) & (b >= 0.0)
                node = _new(Value)
                node._datum = out
                node._local = slope
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_pow, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _pow_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_pow, (self, other))

    power = pow

    def square(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = x * x
            node._local = 2.0 * x
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_square, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _square
        return node if not open_blocks else tracked_here(node)

    def reciprocal(self: Value) -> Value:
        try:
            x = self._datum
            out = 1.0 / x
            node = _new(Value)
            node._datum = out
            node._local = -out * out
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_reciprocal, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _reciprocal
        return node if not open_blocks else tracked_here(node)

    def __mod__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.mod(a, b)
                node._local = 1.0
                node._other_local = -nx.floordiv(a, b)
            except (ArithmeticError, ValueError):
                return Value._apply(_mod, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _mod
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_mod, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.mod(a, b)
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_mod, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _mod_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_mod, (self, other))

    def __rmod__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_mod, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                node = _new(Value)
                node._datum = nx.mod(a, b)
                node._local = -nx.floordiv(a, b)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_mod, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _mod_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_mod, (other, self))

    def mod(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.mod(a, b)
                node._local = 1.0
                node._other_local = -nx.floordiv(a, b)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_mod, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _mod
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_mod, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.mod(a, b)
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_mod, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _mod_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_mod, (self, other))

    remainder = mod

    def fmod(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.fmod(a, b)
                node._local = 1.0
                node._other_local = nx.copysign(1.0, a) * nx.copysign(nx.floordiv(nx.abs(a), nx.abs(b)), -b)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_fmod, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _fmod
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_fmod, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.fmod(a, b)
                node._local = 1.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_fmod, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _fmod_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_fmod, (self, other))

    def __floordiv__(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.floordiv(a, b)
                node._local = 0.0
                node._other_local = 0.0
            except (ArithmeticError, ValueError):
                return Value._apply(_floordiv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _floordiv
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_floordiv, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.floordiv(a, b)
                node._local = 0.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_floordiv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _floordiv_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_floordiv, (self, other))

    def __rfloordiv__(self: Value, other: object) -> Value:
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value._apply(_floordiv, (other, self))
        if type(other) is float:
            try:
                a = other
                b = self._datum
                node = _new(Value)
                node._datum = nx.floordiv(a, b)
                node._local = 0.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value._apply(_floordiv, (other, self))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _floordiv_first_constant
            return node if not open_blocks else tracked_here(node)
        return Value._apply(_floordiv, (other, self))

    def floordiv(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.floordiv(a, b)
                node._local = 0.0
                node._other_local = 0.0
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_floordiv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _floordiv
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_floordiv, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.floordiv(a, b)
                node._local = 0.0
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_floordiv, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _floordiv_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_floordiv, (self, other))

    floor_divide = floordiv

    def deg2rad(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = x * _RADIANS_A_DEGREE
            node._local = _RADIANS_A_DEGREE
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_deg2rad, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _deg2rad
        return node if not open_blocks else tracked_here(node)

    def rad2deg(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = x * _DEGREES_A_RADIAN
            node._local = _DEGREES_A_RADIAN
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_rad2deg, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _rad2deg
        return node if not open_blocks else tracked_here(node)

    def lerp(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_lerp, (self, *others), parameters)

    def exp(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.exp(x)
            node = _new(Value)
            node._datum = out
            node._local = out
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_exp, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _exp
        return node if not open_blocks else tracked_here(node)

    def exp2(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.exp2(x)
            node = _new(Value)
            node._datum = out
            node._local = out * _LN2
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_exp2, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _exp2
        return node if not open_blocks else tracked_here(node)

    def expm1(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.expm1(x)
            node._local = nx.exp(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_expm1, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _expm1
        return node if not open_blocks else tracked_here(node)

    def log(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.log(x)
            node._local = 1.0 / x
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_log, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _log
        return node if not open_blocks else tracked_here(node)

    def log1p(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.log1p(x)
            node._local = 1.0 / (1.0 + x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_log1p, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _log1p
        return node if not open_blocks else tracked_here(node)

    def log2(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.log2(x)
            node._local = 1.0 / (x * _LN2)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_log2, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _log2
        return node if not open_blocks else tracked_here(node)

    def log10(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.log10(x)
            node._local = 1.0 / (x * _LN10)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_log10, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _log10
        return node if not open_blocks else tracked_here(node)

    def sqrt(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.sqrt(x)
            node = _new(Value)
            node._datum = out
            node._local = 0.5 / out
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sqrt, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sqrt
        return node if not open_blocks else tracked_here(node)

    def rsqrt(self: Value) -> Value:
        try:
            x = self._datum
            out = 1.0 / nx.sqrt(x)
            node = _new(Value)
            node._datum = out
            node._local = -0.5 * out * out * out
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_rsqrt, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _rsqrt
        return node if not open_blocks else tracked_here(node)

    def cbrt(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.cbrt(x)
            node = _new(Value)
            node._datum = out
            node._local = 1.0 / (3.0 * out * out)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_cbrt, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _cbrt
        return node if not open_blocks else tracked_here(node)

    def logaddexp(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                larger, smaller = (nx.where(a >= b, a, b), nx.where(a >= b, b, a))
                at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
                e = nx.exp(nx.where(at_infinity, 0.0, smaller - larger))
                share = 1.0 / (1.0 + e)
                node = _new(Value)
                node._datum = larger + nx.log1p(e)
                node._local = nx.where(a >= b, share, e * share)
                node._other_local = nx.where(a >= b, e * share, share)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_logaddexp, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _logaddexp
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_logaddexp, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                larger, smaller = (nx.where(a >= b, a, b), nx.where(a >= b, b, a))
                at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
                e = nx.exp(nx.where(at_infinity, 0.0, smaller - larger))
                share = 1.0 / (1.0 + e)
                node = _new(Value)
                node._datum = larger + nx.log1p(e)
                node._local = nx.where(a >= b, share, e * share)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_logaddexp, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _logaddexp_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_logaddexp, (self, other))

    def logaddexp2(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                larger, smaller = (nx.where(a >= b, a, b), nx.where(a >= b, b, a))
                at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
                e = nx.exp2(nx.where(at_infinity, 0.0, smaller - larger))
                share = 1.0 / (1.0 + e)
                node = _new(Value)
                node._datum = larger + nx.log1p(e) / _LN2
                node._local = nx.where(a >= b, share, e * share)
                node._other_local = nx.where(a >= b, e * share, share)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_logaddexp2, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _logaddexp2
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_logaddexp2, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                larger, smaller = (nx.where(a >= b, a, b), nx.where(a >= b, b, a))
                at_infinity = nx.equal(larger, smaller) & nx.isinf(larger)
                e = nx.exp2(nx.where(at_infinity, 0.0, smaller - larger))
                share = 1.0 / (1.0 + e)
                node = _new(Value)
                node._datum = larger + nx.log1p(e) / _LN2
                node._local = nx.where(a >= b, share, e * share)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_logaddexp2, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _logaddexp2_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_logaddexp2, (self, other))

    def logit(self: Value) -> Value:
        try:
            p = self._datum
            middle = nx.where((p > 0.25) & (p < 0.75), p, 0.5)
            out = nx.where((p > 0.25) & (p < 0.75), 2.0 * nx.atanh(2.0 * middle - 1.0), nx.log(p / (1.0 - p)))
            node = _new(Value)
            node._datum = out
            node._local = nx.where((p >= 0.0) & (p <= 1.0), 1.0 / (p * (1.0 - p)), _NAN)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_logit, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _logit
        return node if not open_blocks else tracked_here(node)

    def log_share(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                x = self._datum
                rest = other._datum
                total = nx.exp(x) + rest
                odds = rest * nx.exp(-x)
                node = _new(Value)
                node._datum = nx.where(odds < _INF, 0.0 - nx.log1p(odds), x - nx.log(total))
                node._local = rest / total
                node._other_local = -1.0 / total
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_log_share, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _log_share
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_log_share, (self, other))
        if type(other) is float:
            try:
                x = self._datum
                rest = other
                total = nx.exp(x) + rest
                odds = rest * nx.exp(-x)
                node = _new(Value)
                node._datum = nx.where(odds < _INF, 0.0 - nx.log1p(odds), x - nx.log(total))
                node._local = rest / total
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_log_share, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _log_share_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_log_share, (self, other))

    def xlogy(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                x = self._datum
                y = other._datum
                out = nx.where(nx.equal(x, 0.0) & nx.equal(y, y), 0.0, x * nx.log(y))
                node = _new(Value)
                node._datum = out
                node._local = nx.where(nx.equal(x, 0.0) & (y <= 0.0), _corner(x), nx.log(y))
                node._other_local = x / y
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_xlogy, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _xlogy
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_xlogy, (self, other))
        if type(other) is float:
            try:
                x = self._datum
                y = other
                out = nx.where(nx.equal(x, 0.0) & nx.equal(y, y), 0.0, x * nx.log(y))
                node = _new(Value)
                node._datum = out
                node._local = nx.where(nx.equal(x, 0.0) & (y <= 0.0), _corner(x), nx.log(y))
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_xlogy, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _xlogy_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_xlogy, (self, other))

    def __abs__(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.abs(x)
            node._local = nx.sign(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value._apply(_abs, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _abs
        return node if not open_blocks else tracked_here(node)

    def abs(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.abs(x)
            node._local = nx.sign(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_abs, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _abs
        return node if not open_blocks else tracked_here(node)

    absolute = abs

    def sign(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.sign(x)
            node._local = 0.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sign, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sign
        return node if not open_blocks else tracked_here(node)

    def floor(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.floor(x)
            node._local = 0.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_floor, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _floor
        return node if not open_blocks else tracked_here(node)

    def ceil(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.ceil(x)
            node._local = 0.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_ceil, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _ceil
        return node if not open_blocks else tracked_here(node)

    def round(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.round(x)
            node._local = 0.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_round, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _round
        return node if not open_blocks else tracked_here(node)

    rint = round

    def trunc(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.trunc(x)
            node._local = 0.0
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_trunc, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _trunc
        return node if not open_blocks else tracked_here(node)

    def copysign(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                sign = nx.where(nx.isnan(b), _NAN, nx.copysign(1.0, b))
                node = _new(Value)
                node._datum = nx.abs(a) * sign
                node._local = nx.sign(a) * sign
                node._other_local = 0.0
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_copysign, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _copysign
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_copysign, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                sign = nx.where(nx.isnan(b), _NAN, nx.copysign(1.0, b))
                node = _new(Value)
                node._datum = nx.abs(a) * sign
                node._local = nx.sign(a) * sign
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_copysign, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _copysign_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_copysign, (self, other))

    def hypot(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                out = nx.hypot(a, b)
                node = _new(Value)
                node._datum = out
                node._local = _cosine(a, b, out)
                node._other_local = _cosine(b, a, out)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_hypot, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _hypot
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_hypot, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                out = nx.hypot(a, b)
                node = _new(Value)
                node._datum = out
                node._local = _cosine(a, b, out)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_hypot, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _hypot_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_hypot, (self, other))

    def maximum(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.maximum(a, b)
                node._local = _share(a, b)
                node._other_local = _share(b, a)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_maximum, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _maximum
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_maximum, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.maximum(a, b)
                node._local = _share(a, b)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_maximum, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _maximum_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_maximum, (self, other))

    def minimum(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.minimum(a, b)
                node._local = _share(b, a)
                node._other_local = _share(a, b)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_minimum, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _minimum
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_minimum, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.minimum(a, b)
                node._local = _share(b, a)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_minimum, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _minimum_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_minimum, (self, other))

    def fmax(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.fmax(a, b)
                node._local = _share_of_numbers(a, b)
                node._other_local = _share_of_numbers(b, a)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_fmax, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _fmax
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_fmax, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.fmax(a, b)
                node._local = _share_of_numbers(a, b)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_fmax, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _fmax_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_fmax, (self, other))

    def fmin(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                a = self._datum
                b = other._datum
                node = _new(Value)
                node._datum = nx.fmin(a, b)
                node._local = _share_of_numbers(-a, -b)
                node._other_local = _share_of_numbers(-b, -a)
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_fmin, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _fmin
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_fmin, (self, other))
        if type(other) is float:
            try:
                a = self._datum
                b = other
                node = _new(Value)
                node._datum = nx.fmin(a, b)
                node._local = _share_of_numbers(-a, -b)
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_fmin, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _fmin_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_fmin, (self, other))

    def clip(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_clip, (self, *others), parameters)

    def where(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_where, (self, *others), parameters)

    def sin(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.sin(x)
            node._local = nx.cos(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sin, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sin
        return node if not open_blocks else tracked_here(node)

    def cos(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.cos(x)
            node._local = -nx.sin(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_cos, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _cos
        return node if not open_blocks else tracked_here(node)

    def tan(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.tan(x)
            node = _new(Value)
            node._datum = out
            node._local = 1.0 + out * out
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_tan, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _tan
        return node if not open_blocks else tracked_here(node)

    def sec(self: Value) -> Value:
        try:
            x = self._datum
            out = 1.0 / nx.cos(x)
            node = _new(Value)
            node._datum = out
            node._local = out * nx.tan(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sec, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sec
        return node if not open_blocks else tracked_here(node)

    def csc(self: Value) -> Value:
        try:
            x = self._datum
            out = 1.0 / nx.sin(x)
            node = _new(Value)
            node._datum = out
            node._local = -nx.cos(x) * out * out
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_csc, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _csc
        return node if not open_blocks else tracked_here(node)

    def cot(self: Value) -> Value:
        try:
            x = self._datum
            cosecant = 1.0 / nx.sin(x)
            node = _new(Value)
            node._datum = 1.0 / nx.tan(x)
            node._local = -cosecant * cosecant
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_cot, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _cot
        return node if not open_blocks else tracked_here(node)

    def asin(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.asin(x)
            node._local = 1.0 / nx.sqrt(_one_less_square(x))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_asin, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _asin
        return node if not open_blocks else tracked_here(node)

    arcsin = asin

    def acos(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.acos(x)
            node._local = -1.0 / nx.sqrt(_one_less_square(x))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_acos, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _acos
        return node if not open_blocks else tracked_here(node)

    arccos = acos

    def atan(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.atan(x)
            node._local = 1.0 / (1.0 + x * x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_atan, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _atan
        return node if not open_blocks else tracked_here(node)

    arctan = atan

    def atan2(self: Value, other: object) -> Value:
        if type(other) is Value:
            try:
                y = self._datum
                x = other._datum
                r = nx.hypot(y, x)
                node = _new(Value)
                node._datum = nx.atan2(y, x)
                node._local = x / r / r
                node._other_local = -y / r / r
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_atan2, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = other
            node._parent = self
            node._rule = _atan2
            return node if not open_blocks else tracked_here(node)
        if type(other) is int:
            try:
                other = float(other)
            except OverflowError:
                return Value.__apply_rule__(_atan2, (self, other))
        if type(other) is float:
            try:
                y = self._datum
                x = other
                r = nx.hypot(y, x)
                node = _new(Value)
                node._datum = nx.atan2(y, x)
                node._local = x / r / r
                node._other_local = other
            except (ArithmeticError, ValueError):
                return Value.__apply_rule__(_atan2, (self, other))
            node._grad = NO_GRAD_YET
            node._other_parent = None
            node._parent = self
            node._rule = _atan2_second_constant
            return node if not open_blocks else tracked_here(node)
        return Value.__apply_rule__(_atan2, (self, other))

    arctan2 = atan2

    def asec(self: Value) -> Value:
        try:
            x = self._datum
            size = nx.abs(x)
            root = nx.sqrt(size - 1.0) * nx.sqrt(size + 1.0)
            node = _new(Value)
            node._datum = nx.atan2(root, nx.sign(x))
            node._local = 1.0 / size / root
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_asec, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _asec
        return node if not open_blocks else tracked_here(node)

    def acsc(self: Value) -> Value:
        try:
            x = self._datum
            size = nx.abs(x)
            root = nx.sqrt(size - 1.0) * nx.sqrt(size + 1.0)
            node = _new(Value)
            node._datum = nx.sign(x) * nx.atan2(1.0, root)
            node._local = -1.0 / size / root
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_acsc, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _acsc
        return node if not open_blocks else tracked_here(node)

    def acot(self: Value) -> Value:
        try:
            x = self._datum
            length = nx.hypot(x, 1.0)
            node = _new(Value)
            node._datum = nx.atan(1.0 / x)
            node._local = -1.0 / length / length
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_acot, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _acot
        return node if not open_blocks else tracked_here(node)

    def sinc(self: Value) -> Value:
        try:
            x = self._datum
            whole = nx.round(x)
            flip = 1.0 - 2.0 * nx.mod(whole, 2.0)
            turns = x - whole
            sine = flip * nx.sin(math.pi * turns)
            size = nx.where(turns >= 0.0, turns, -turns)
            cosine = flip * nx.where(size < 0.25, nx.cos(math.pi * turns), nx.sin(math.pi * (0.5 - size)))
            small = (x < 0.5) & (x > -0.5)
            away, near = (nx.where(small, 1.0, x), nx.where(small, x, 0.0))
            out = nx.where(nx.equal(x, 0.0), 1.0, sine / (math.pi * nx.where(nx.equal(x, 0.0), 1.0, x)))
            node = _new(Value)
            node._datum = out
            node._local = nx.where(small, _sinc_slope_near_zero(near), (cosine - sine / (math.pi * away)) / away)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sinc, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sinc
        return node if not open_blocks else tracked_here(node)

    def sinh(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.sinh(x)
            node._local = nx.cosh(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sinh, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sinh
        return node if not open_blocks else tracked_here(node)

    def cosh(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.cosh(x)
            node._local = nx.sinh(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_cosh, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _cosh
        return node if not open_blocks else tracked_here(node)

    def tanh(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.tanh(x)
            square = out * out
            node = _new(Value)
            node._datum = out
            node._local = 1.0 - square if (square < 0.8) is True else nx.sech_squared(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_tanh, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _tanh
        return node if not open_blocks else tracked_here(node)

    def asinh(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.asinh(x)
            node._local = 1.0 / nx.hypot(x, 1.0)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_asinh, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _asinh
        return node if not open_blocks else tracked_here(node)

    arcsinh = asinh

    def acosh(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.acosh(x)
            node._local = 1.0 / (nx.sqrt(x - 1.0) * nx.sqrt(x + 1.0))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_acosh, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _acosh
        return node if not open_blocks else tracked_here(node)

    arccosh = acosh

    def atanh(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.atanh(x)
            node._local = 1.0 / _one_less_square(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_atanh, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _atanh
        return node if not open_blocks else tracked_here(node)

    arctanh = atanh

    def sech(self: Value) -> Value:
        try:
            x = self._datum
            e = _decay(x)
            out = 2.0 * e / (1.0 + e * e)
            node = _new(Value)
            node._datum = out
            node._local = -out * nx.tanh(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sech, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sech
        return node if not open_blocks else tracked_here(node)

    def csch(self: Value) -> Value:
        try:
            x = self._datum
            out = _hyperbolic_cosecant(x)
            node = _new(Value)
            node._datum = out
            node._local = -out / nx.tanh(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_csch, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _csch
        return node if not open_blocks else tracked_here(node)

    def coth(self: Value) -> Value:
        try:
            x = self._datum
            cosecant = _hyperbolic_cosecant(x)
            node = _new(Value)
            node._datum = 1.0 / nx.tanh(x)
            node._local = -cosecant * cosecant
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_coth, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _coth
        return node if not open_blocks else tracked_here(node)

    def asech(self: Value) -> Value:
        try:
            x = self._datum
            root = nx.sqrt((1.0 - x) * (1.0 + x))
            node = _new(Value)
            node._datum = 2.0 * nx.asinh(nx.sqrt(0.5 - 0.5 * x) / nx.sqrt(x))
            node._local = -1.0 / x / root
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_asech, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _asech
        return node if not open_blocks else tracked_here(node)

    def acsch(self: Value) -> Value:
        try:
            x = self._datum
            size, root = (nx.abs(x), nx.hypot(x, 1.0))
            small = nx.where(size < 1.0, size, 1.0)
            near = nx.sign(x) * (nx.log1p(nx.hypot(small, 1.0)) - nx.log(small))
            node = _new(Value)
            node._datum = nx.where((size < 1.0) & (size > 0.0), near, nx.asinh(1.0 / x))
            node._local = -1.0 / size / root
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_acsch, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _acsch
        return node if not open_blocks else tracked_here(node)

    def acoth(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.sign(x) * 0.5 * nx.log1p(2.0 / (nx.abs(x) - 1.0))
            node._local = 1.0 / (1.0 - x) / (1.0 + x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_acoth, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _acoth
        return node if not open_blocks else tracked_here(node)

    def sigmoid(self: Value) -> Value:
        try:
            x = self._datum
            e = _decay(x)
            share = 1.0 / (1.0 + e)
            slope = 0.25 * nx.sech_squared(0.5 * x) if nx.is_value(x) else e * share * share
            node = _new(Value)
            node._datum = nx.where(x >= 0.0, share, e * share)
            node._local = slope
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_sigmoid, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _sigmoid
        return node if not open_blocks else tracked_here(node)

    def logsigmoid(self: Value) -> Value:
        try:
            x = self._datum
            e = _decay(x)
            share = 1.0 / (1.0 + e)
            node = _new(Value)
            node._datum = nx.where(x >= 0.0, 0.0, x) - nx.log1p(e)
            node._local = nx.where(x >= 0.0, e * share, share)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_logsigmoid, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _logsigmoid
        return node if not open_blocks else tracked_here(node)

    def softplus(self: Value) -> Value:
        try:
            x = self._datum
            e = _decay(x)
            share = 1.0 / (1.0 + e)
            node = _new(Value)
            node._datum = nx.where(x >= 0.0, x, 0.0) + nx.log1p(e)
            node._local = nx.where(x >= 0.0, share, e * share)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_softplus, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _softplus
        return node if not open_blocks else tracked_here(node)

    def relu(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.maximum(x, 0.0)
            node = _new(Value)
            node._datum = out
            node._local = nx.step(out)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_relu, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _relu
        return node if not open_blocks else tracked_here(node)

    def leaky_relu(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_leaky_relu, (self, *others), parameters)

    def relu6(self: Value) -> Value:
        try:
            x = self._datum
            inside = nx.where((x > 0.0) & (x < 6.0), 1.0, nx.where(nx.equal(x, x), 0.0, _NAN))
            node = _new(Value)
            node._datum = nx.minimum(nx.maximum(x, 0.0), 6.0)
            node._local = inside
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_relu6, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _relu6
        return node if not open_blocks else tracked_here(node)

    def hardtanh(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_hardtanh, (self, *others), parameters)

    def softsign(self: Value) -> Value:
        try:
            x = self._datum
            share = 1.0 / (1.0 + nx.abs(x))
            node = _new(Value)
            node._datum = nx.where(nx.isinf(x), nx.sign(x), x / (1.0 + nx.abs(x)))
            node._local = share * share
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_softsign, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _softsign
        return node if not open_blocks else tracked_here(node)

    def elu(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_elu, (self, *others), parameters)

    def selu(self: Value) -> Value:
        try:
            x = self._datum
            below = nx.where(x > 0.0, 0.0, x)
            negative = _SELU_SCALE * _SELU_ALPHA
            out = nx.where(x > 0.0, _SELU_SCALE * x, negative * nx.expm1(below))
            node = _new(Value)
            node._datum = out
            node._local = nx.where(x > 0.0, _SELU_SCALE, negative * nx.exp(below))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_selu, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _selu
        return node if not open_blocks else tracked_here(node)

    def gelu(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_gelu, (self, *others), parameters)

    def silu(self: Value) -> Value:
        try:
            x = self._datum
            e = _decay(x)
            share = 1.0 / (1.0 + e)
            s = nx.where(x >= 0.0, share, e * share)
            node = _new(Value)
            node._datum = x * s
            node._local = s + x * e * share * share
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_silu, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _silu
        return node if not open_blocks else tracked_here(node)

    def mish(self: Value) -> Value:
        try:
            x = self._datum
            e = _decay(x)
            above, below = (1.0 + 2.0 * e, e * (2.0 + e))
            share = 1.0 / nx.where(x >= 0.0, above + 2.0 * e * e, 2.0 + below)
            t = nx.where(x >= 0.0, above, below) * share
            bend = 4.0 * e * (1.0 + e) * share * share
            node = _new(Value)
            node._datum = x * t
            node._local = t + x * nx.where(x >= 0.0, e * bend, bend)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_mish, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _mish
        return node if not open_blocks else tracked_here(node)

    def erf(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.erf(x)
            node._local = _TWO_OVER_SQRT_PI * _bell(x, 1.0, nx.leading(x))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_erf, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _erf
        return node if not open_blocks else tracked_here(node)

    def erfc(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.erfc(x)
            node._local = -_TWO_OVER_SQRT_PI * _bell(x, 1.0, nx.leading(x))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_erfc, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _erfc
        return node if not open_blocks else tracked_here(node)

    def erfinv(self: Value) -> Value:
        try:
            x = self._datum
            out = nx.erfinv(x)
            size, length = (nx.where(x >= 0.0, x, -x), nx.where(x >= 0.0, out, -out))
            power = 1.0 / _bell(length, 1.0, nx.leading(length))
            slope = nx.where(size < 0.5, power, nx.erfc(length) * power / (1.0 - size))
            node = _new(Value)
            node._datum = out
            node._local = nx.where(size < 1.0, slope / _TWO_OVER_SQRT_PI, nx.where(nx.equal(size, 1.0), _INF, _NAN))
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_erfinv, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _erfinv
        return node if not open_blocks else tracked_here(node)

    def lgamma(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.lgamma(x)
            node._local = nx.digamma(x)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_lgamma, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _lgamma
        return node if not open_blocks else tracked_here(node)

    def digamma(self: Value) -> Value:
        try:
            x = self._datum
            node = _new(Value)
            node._datum = nx.digamma(x)
            node._local = nx.polygamma(x, 1)
            node._other_local = None
        except (ArithmeticError, ValueError):
            return Value.__apply_rule__(_digamma, (self,))
        node._grad = NO_GRAD_YET
        node._other_parent = None
        node._parent = self
        node._rule = _digamma
        return node if not open_blocks else tracked_here(node)

    def polygamma(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
        return Value._call(_polygamma, (self, *others), parameters)


FORMULAS = {
    "add": "a + b.   ∂/∂a = 1,   ∂/∂b = 1.",
    "sub": "a − b.   ∂/∂a = 1,   ∂/∂b = −1.",
    "mul": "a·b.   ∂/∂a = b,   ∂/∂b = a.",
    "truediv": "a / b.   ∂/∂a = 1/b,   ∂/∂b = −a/b².",
    "neg": "−x.   ∂/∂x = −1.",
    "pow": "aᵇ.   ∂/∂a = b·aᵇ⁻¹,   ∂/∂b = aᵇ·ln a.   Where a = 0, each is its limit along the other: 0⁰ has slopes 0, 0.",
    "square": "x².   ∂/∂x = 2x.",
    "reciprocal": "1/x.   ∂/∂x = −1/x².",
    "mod": "a − b⌊a/b⌋, which has the sign of b, as in Python.   ∂/∂a = 1,   ∂/∂b = −⌊a/b⌋;   at a jump too.",
    "fmod": "a − b·trunc(a/b), which has the sign of a, as in C.   ∂/∂a = 1,   ∂/∂b = −trunc(a/b);   at a jump too.",
    "floordiv": "⌊a/b⌋.   ∂/∂a = 0,   ∂/∂b = 0.",
    "deg2rad": "Degrees as radians, x·π/180.   ∂/∂x = π/180.",
    "rad2deg": "Radians as degrees, x·180/π.   ∂/∂x = 180/π.",
    "lerp": "a + t(b − a), which is a at t = 0 and b at t = 1, exactly.   ∂/∂a = 1 − t,   ∂/∂b = t,   ∂/∂t = b − a.",
    "exp": "eˣ.   ∂/∂x = eˣ.",
    "exp2": "2ˣ.   ∂/∂x = 2ˣ·ln 2.",
    "expm1": "eˣ − 1, exact near 0.   ∂/∂x = eˣ.",
    "log": "ln x.   ∂/∂x = 1/x.",
    "log1p": "ln(1 + x), exact near 0.   ∂/∂x = 1/(1 + x).",
    "log2": "log₂ x.   ∂/∂x = 1/(x·ln 2).",
    "log10": "log₁₀ x.   ∂/∂x = 1/(x·ln 10).",
    "sqrt": "√x.   ∂/∂x = 1/(2√x).",
    "rsqrt": "1/√x.   ∂/∂x = −1/(2x√x).",
    "cbrt": "∛x, also for negative x.   ∂/∂x = 1/(3∛x²).",
    "logaddexp": "ln(eᵃ + eᵇ), stable for numbers of any size.   ∂/∂a = eᵃ/(eᵃ + eᵇ),   ∂/∂b = eᵇ/(eᵃ + eᵇ).",
    "logaddexp2": "log₂(2ᵃ + 2ᵇ), stable for numbers of any size.   ∂/∂a = 2ᵃ/(2ᵃ + 2ᵇ),   ∂/∂b = 2ᵇ/(2ᵃ + 2ᵇ).",
    "logit": "ln(p/(1 − p)), the inverse of sigmoid, exact near ½.   ∂/∂p = 1/(p(1 − p)) from 0 to 1, nan elsewhere.",
    "log_share": "x − ln(eˣ + rest), the logarithm of eˣ's share.   ∂/∂x = rest/(eˣ + rest),   ∂/∂rest = −1/(eˣ + rest).",
    "xlogy": "x·ln y, and 0 where x = 0 (unless y is nan).   ∂/∂x = ln y (0 where x = 0 and y ≤ 0),   ∂/∂y = x/y.",
    "abs": "|x|.   ∂/∂x = sign x, 0 at 0.",
    "sign": "−1, 0 or 1.   ∂/∂x = 0.",
    "floor": "The largest whole number ≤ x.   ∂/∂x = 0.",
    "ceil": "The smallest whole number ≥ x.   ∂/∂x = 0.",
    "round": "The nearest whole number; halfway cases go to the even one.   ∂/∂x = 0.",
    "trunc": "x without its fraction.   ∂/∂x = 0.",
    "copysign": "|a| with the sign of b.   ∂/∂a = 1 if the signs agree, −1 if not, 0 at a = 0;   ∂/∂b = 0.\n\nThe result is nan if b is nan, because Python, NumPy and the processor give a computed nan different signs.",
    "hypot": "√(a² + b²), safe from overflow.   ∂/∂a = a/out,   ∂/∂b = b/out;   0 and 0 at the origin (least norm).",
    "maximum": "The larger of two.   ∂ = 1 for the larger, 0 for the other, ½ each if equal.",
    "minimum": "The smaller of two.   ∂ = 1 for the smaller, 0 for the other, ½ each if equal.",
    "fmax": "The larger of two; nan is ignored beside a number.   ∂ = 1 for the result, 0 for the other, ½ each if equal.",
    "fmin": "The smaller of two; nan is ignored beside a number.   ∂ = 1 for the result, 0 for the other, ½ each if equal.",
    "clip": "x limited to [lo, hi].   ∂/∂x = 1 from lo to hi, including the bounds;   ∂/∂lo = 1 below,   ∂/∂hi = 1 above.\n\nIf lo > hi: raises ValueError if both are plain numbers, else returns hi.",
    "where": "a if the condition holds, else b.   ∂/∂a = 1 and ∂/∂b = 0, or the reverse; none for the condition.",
    "sin": "sin x.   ∂/∂x = cos x.",
    "cos": "cos x.   ∂/∂x = −sin x.",
    "tan": "tan x.   ∂/∂x = 1 + tan² x.",
    "sec": "1/cos x.   ∂/∂x = sec x·tan x.",
    "csc": "1/sin x.   ∂/∂x = −cos x/sin² x.",
    "cot": "1/tan x.   ∂/∂x = −1/sin² x.",
    "asin": "The angle whose sine is x.   ∂/∂x = 1/√(1 − x²).",
    "acos": "The angle whose cosine is x.   ∂/∂x = −1/√(1 − x²).",
    "atan": "The angle whose tangent is x.   ∂/∂x = 1/(1 + x²).",
    "atan2": "The angle of the point (x, y).   ∂/∂y = x/(x² + y²),   ∂/∂x = −y/(x² + y²).",
    "asec": "The angle whose secant is x.   ∂/∂x = 1/(|x|√(x² − 1)).",
    "acsc": "The angle whose cosecant is x.   ∂/∂x = −1/(|x|√(x² − 1)).",
    "acot": "The angle from −π/2 to π/2 whose cotangent is x, ±π/2 at ±0.   ∂/∂x = −1/(1 + x²).",
    "sinc": "sin(πx)/(πx), NumPy's normalised sinc, and 1 at 0.   ∂/∂x = (cos(πx) − sinc x)/x, by its series near 0.",
    "sinh": "sinh x.   ∂/∂x = cosh x.",
    "cosh": "cosh x.   ∂/∂x = sinh x.",
    "tanh": "tanh x.   ∂/∂x = 1 − tanh² x, accurate even where tanh x is nearly 1.",
    "asinh": "The number whose sinh is x.   ∂/∂x = 1/√(1 + x²).",
    "acosh": "The number whose cosh is x.   ∂/∂x = 1/√(x² − 1).",
    "atanh": "The number whose tanh is x.   ∂/∂x = 1/(1 − x²).",
    "sech": "1/cosh x.   ∂/∂x = −sech x·tanh x.",
    "csch": "1/sinh x.   ∂/∂x = −csch x·coth x.",
    "coth": "1/tanh x.   ∂/∂x = −1/sinh² x.",
    "asech": "The number whose sech is x, exact near 1.   ∂/∂x = −1/(x√(1 − x²)).",
    "acsch": "The number whose csch is x.   ∂/∂x = −1/(|x|√(1 + x²)).",
    "acoth": "The number whose coth is x, exact near ±1.   ∂/∂x = 1/(1 − x²).",
    "sigmoid": "σ(x) = 1/(1 + e⁻ˣ), computed so that it cannot overflow.   ∂/∂x = σ(x)·σ(−x).",
    "logsigmoid": "ln σ(x) = −softplus(−x).   ∂/∂x = σ(−x).",
    "softplus": "ln(1 + eˣ), computed so that it cannot overflow.   ∂/∂x = σ(x).",
    "relu": "max(x, 0).   ∂/∂x = 1 above 0, else 0.",
    "leaky_relu": "x above 0, else slope·x.   ∂/∂x = 1 above 0, else slope.   (Maas et al. 2013)",
    "relu6": "min(max(x, 0), 6).   ∂/∂x = 1 between 0 and 6, else 0.   (Krizhevsky 2010)",
    "hardtanh": "x limited to [lo, hi].   ∂/∂x = 1 between lo and hi, else 0;   0 at the bounds as well (clip has 1 there).\n\nValueError if lo is above hi.",
    "softsign": "x/(1 + |x|), ±1 at ±∞.   ∂/∂x = 1/(1 + |x|)².   (Bergstra et al. 2009)",
    "elu": "x above 0, else α(eˣ − 1).   ∂/∂x = 1 above 0, else α·eˣ.   (Clevert et al. 2015)",
    "selu": "λ·elu(x, α) with α = 1.6733, λ = 1.0507: mean 0 and variance 1 are a fixed point.   (Klambauer et al. 2017)",
    "gelu": 'x·Φ(x), or with ``approximate="tanh"`` ½x(1 + tanh √(2/π)(x + 0.044715x³)).   (Hendrycks & Gimpel 2016)',
    "silu": "x·σ(x), also called swish.   ∂/∂x = σ(x)(1 + x·σ(−x)).   (Elfwing et al. 2018)",
    "mish": "x·tanh(softplus x), by e^−|x|.   ∂/∂x = tanh(softplus x) + x(1 − tanh²(softplus x))σ(x).   (Misra 2019)",
    "erf": "The error function, 2/√π ∫₀ˣ e^−t² dt.   ∂/∂x = 2/√π·e^−x².",
    "erfc": "1 − erf x, exact where erf x is near 1.   ∂/∂x = −2/√π·e^−x².",
    "erfinv": "The number whose erf is x.   ∂/∂x = √π/2·e^out², in the tails as erfc(out)·e^out² over 1 − x.\n\nThe rounding of out counts 2·out² times in e^out², but not in its product with erfc(out).",
    "lgamma": "ln |Γ(x)|, exact near its zeros 1 and 2.   ∂/∂x = ψ(x), which is digamma.",
    "digamma": "ψ(x) = Γ′(x)/Γ(x), exact near its positive zero.   ∂/∂x = ψ′(x), which is polygamma with n = 1.",
    "polygamma": "ψ⁽ⁿ⁾(x), the n-th derivative of digamma (n = 0 is digamma itself).   ∂/∂x = ψ⁽ⁿ⁺¹⁾(x).\n\nRaises ValueError unless n is 0 or a positive whole number.",
    "sum": "Σ xᵢ.   ∂/∂xᵢ = 1.",
    "mean": "Σ xᵢ / n.   ∂/∂xᵢ = 1/n.   ValueError if xs is empty.",
    "var": "Σ (xᵢ − mean)² / (n − correction), the variance; ``correction=1`` gives the sample variance (PyTorch's default).\n\n∂/∂xᵢ = 2(xᵢ − mean)/(n − correction). Returns nan if n ≤ correction. Raises ValueError if xs is empty.",
    "std": "√var, the standard deviation; ``correction=1`` gives the sample standard deviation (PyTorch's default).\n\n∂/∂xᵢ = (xᵢ − mean)/(out·(n − correction)), all 0 if the numbers are equal (least norm). Returns nan if\nn ≤ correction. Raises ValueError if xs is empty.",
    "prod": "Π xᵢ.   ∂/∂xᵢ = the product of the others, computed without division, so zeros are fine.",
    "dot": "Σ xᵢyᵢ.   ∂/∂xᵢ = yᵢ,   ∂/∂yᵢ = xᵢ.   ValueError if the lengths differ.",
    "max": 'The largest.   ∂ = 1 for the largest, 0 for the others; equal ones share it.   ValueError if xs is empty.\n\nties: "share", or "first" for all of it to the first of them.',
    "min": 'The smallest.   ∂ = 1 for the smallest, 0 for the others; equal ones share it.   ValueError if xs is empty.\n\nties: "share", or "first" for all of it to the first of them.',
    "logsumexp": "ln Σ e^xᵢ, stable for numbers of any size.   ∂/∂xᵢ = e^(xᵢ − out).   ValueError if xs is empty.",
    "norm": "√Σ xᵢ², safe from overflow.   ∂/∂xᵢ = xᵢ/out;   all 0 at the origin (least norm).",
}
"""What each rule says of itself, also where docstrings are left out."""
