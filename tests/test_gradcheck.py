"""gradcheck at awkward points: what is right is accepted, what is wrong never is, and little is left unchecked."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import RULES, GradcheckError, GradcheckWarning, NonFiniteError, Value, gradcheck, rules
from autograd.complex_step import Step, complex_slope
from autograd.differences import differences
from autograd.table import Rule

Row = tuple[str, Callable[..., Any], Any]


def answer(f: Callable[..., Any], inputs: Any, order: int = 1) -> str:
    """What gradcheck says of a whole call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            is_right = gradcheck(f, inputs, order)
        except GradcheckError:
            return "wrong"
    assert is_right or caught, "False is never returned in silence"
    return "right" if is_right and not caught else "unchecked"


def changed(name: str, change: Callable[[float], float]) -> Callable[..., Any]:
    """A rule of the table with every local derivative changed, which does not stand in the table."""
    base = RULES[name]

    def function(*operands: Any) -> Any:
        value, local = base.function(*operands)
        called = [slope() if callable(slope) else slope for slope in local]
        if base.sequences:
            return value, tuple([change(slope) for slope in slopes] for slopes in called)
        return value, tuple(None if slope is None else change(slope) for slope in called)

    return Rule(f"changed_{name}", function, operands=base.operands, sequences=base.sequences, lazy=True)


def times(name: str, factor: float) -> Callable[..., Any]:
    return changed(name, lambda slope: slope * factor)


def single(x: Any) -> Any:
    """X rounded to 32 bits, with the derivative that was meant."""
    return Rule("single", lambda x: (float(np.float32(x)) if isinstance(x, float) else x, (1.0,)), operands=("x",))(x)


relu, erf, erfc = rules.relu, rules.erf, rules.erfc
HALF_PI = math.pi / 2

RIGHT: list[Row] = [
    ("exp at -740", rules.exp, -740.0),
    ("1e20 + relu, alive", lambda x: 1e20 + relu(x), 1.0 - 1e-3),
    # offsets
    ("an offset of 1e10, slope 2e5", lambda x, y: (x - 1e5) ** 2 + (y - 1) ** 2, (0.0, 0.5)),
    ("1e10 + x", lambda x: 1e10 + x, 1.0),
    ("1e20 + x", lambda x: 1e20 + x, 1.0),
    ("1e10 + x - 1e10", lambda x: (1e10 + x) - 1e10, 1.0),
    ("1e10 + |x|", lambda x: 1e10 + abs(x), 1.0),
    ("1e6 beside a dead relu", lambda x, y: 1e6 + relu(x) + y, (-1.0, 2.0)),
    ("1 + 1e-8 erf", lambda x: 1 + 1e-8 * erf(x), 0.4),
    ("1e10 + sin", lambda x: 1e10 + x.sin(), 0.4),
    # small inputs
    ("sqrt at 1e-9", rules.sqrt, 1e-9),
    ("sqrt at 1e-300", rules.sqrt, 1e-300),
    ("x**0.3 at 1e-9", lambda x: x**0.3, 1e-9),
    ("log at 1e-9", rules.log, 1e-9),
    ("log at 1e-9 beside", lambda x, y: x.log() + y, (1e-9, 3.0)),
    ("log at a subnormal number", lambda x: x.log(), 1e-308),
    ("1/x at 1e-9", lambda x: 1 / x, 1e-9),
    ("x² at 1e-9", lambda x: x * x, 1e-9),
    ("x² at 1e-100", lambda x: x * x, 1e-100),
    ("erf at 1e-12", erf, 1e-12),
    ("erf² at 1e-100", lambda x: erf(x) ** 2, 1e-100),
    ("|x| at 1e-9", abs, 1e-9),
    ("relu at 1e-200", relu, 1e-200),
    ("a sum of a subnormal", lambda x, y: 3 * x + y, (5e-320, 1.0)),
    ("atan2 of small", rules.atan2, (1e-9, 1e-9)),
    ("hypot of small", rules.hypot, (3e-200, 4e-200)),
    ("sign·sqrt|x|", lambda x: x.sign() * abs(x).sqrt(), -1e-8),
    ("xlogy at 1e-9", rules.xlogy, (1e-9, 1e-9)),
    # large inputs
    ("sin at 3e9", rules.sin, 3e9),
    ("cos at 1e15", rules.cos, 1e15),
    ("log at 1e300", rules.log, 1e300),
    ("sqrt at 1e300", rules.sqrt, 1e300),
    ("x/3 at 1e300", lambda x: x / 3, 1e300),
    ("|x|/3 at 1e300", lambda x: abs(x) / 3, 1e300),
    ("x² at 1e100", lambda x: x * x, 1e100),
    ("max of large", rules.maximum, (1e200, 1e100)),
    ("norm of large", rules.norm, ([3e150, 4e150],)),
    ("softplus at 700", rules.softplus, 700.0),
    ("exp at 700", rules.exp, 700.0),
    ("exp at -700", rules.exp, -700.0),
    ("logsigmoid at -1e5", rules.logsigmoid, -1e5),
    # ends of domains, poles
    ("acos at 1 - 1e-9", rules.acos, 1 - 1e-9),
    ("asin at -1 + 1e-12", rules.asin, -1 + 1e-12),
    ("atanh at 1 - 1e-9", rules.atanh, 1 - 1e-9),
    ("acosh at 1 + 1e-9", rules.acosh, 1 + 1e-9),
    ("log1p at -1 + 1e-9", rules.log1p, -1 + 1e-9),
    ("tan near its pole", rules.tan, HALF_PI - 1e-7),
    ("1/(x - 1) near its pole", lambda x: 1 / (x - 1.0), 1 + 1e-8),
    ("|acos|", lambda x: abs(x.acos()), 1 - 1e-9),
    # steep, fast
    ("sin(1e6 x)", lambda x: (1e6 * x).sin(), 0.3),
    ("erf(1e6 x)", lambda x: erf(1e6 * x), 3e-7),
    ("tanh(1e8 x)", lambda x: (1e8 * x).tanh(), 1e-9),
    ("exp(200 x)", lambda x: (200 * x).exp(), 0.01),
    # values and slopes of 0
    ("cos at 0", rules.cos, 0.0),
    ("sin at 0", rules.sin, 0.0),
    ("x³ at 0", lambda x: x**3, 0.0),
    ("sin² + cos²", lambda x: x.sin() ** 2 + x.cos() ** 2, 0.7),
    ("erf + erfc", lambda x: erf(x) + erfc(x), 0.7),
    ("softmax, added up", lambda z: rules.sum(rules.softmax(z)), ([0.3, -1.0, 2.0],)),
    ("erf² at 0", lambda x: erf(x) * erf(x), 0.0),
    ("x - x", lambda x: x - x, 2.0),
    ("constant", lambda x: 4.0, 1.0),
    ("sign", rules.sign, 3.0),
    ("sign beside its jump", rules.sign, 1e-6),
    ("clip outside", lambda x: x.clip(0.0, 1.0), 2.0),
    ("stairs", lambda x: (x - 2.0).sign() + (x - 3.0).sign(), 2.4),
    # choices, away from their kinks
    ("where", lambda x: rules.where(x > 0, x.sin(), x * x), 0.3),
    ("maximum", rules.maximum, (2.0, -3.0)),
    ("max", rules.max, ([1.0, 7.0, 3.0],)),
    ("a branch", lambda x: x * x if x > 0 else -x, 0.5),
    ("a distant kink", lambda x: abs(x - 1.0) + x * x, 1.0 + 1e-7),
    # several results of very different size, structures
    ("results of many sizes", lambda x: [x * 1e-12, x * 1e12, x.exp(), erf(x) * 1e-20], 0.5),
    ("a dict", lambda p: {"a": p["x"] * p["y"][1], "b": abs(p["y"][0])}, ({"x": 1e9, "y": [1e-9, 3.0]},)),
    ("an array", lambda a: np.tanh(a @ a.T).sum(), (np.array([[1e-9, 0.2], [0.3, 1e2]]) / 100,)),
    ("cross entropy", lambda z: -rules.log_softmax(z)[1], ([1e3, 999.0, 0.0],)),
    ("1e9 beside 1e-9", lambda x, y: x * y + erf(y), (1e9, 1e-9)),
    ("a power of both", lambda x, y: x**y, (1e-5, 0.3)),
    ("prod with a zero", rules.prod, ([0.0, 2.0, 3.0],)),
    ("32 bits inside", lambda x: single(x) * single(x), 1e-3),
    ("gelu", rules.gelu, -3.0),
]  # fmt: skip

WRONG: list[Row] = [
    ("log with 3/x at 1e-9, beside", lambda x, y: times("log", 3.0)(x) + y * y, (1e-9, 2.0)),
    ("log with 3/x at 1e-9, beside 1e9", lambda x, y: times("log", 3.0)(x) + 1e9 * y, (1e-9, 1e9)),
    ("log with 3/x at 1e-300", times("log", 3.0), 1e-300),
    ("sqrt at 1e-9", times("sqrt", 3.0), 1e-9),
    ("sqrt at 1e-9, a ten-thousandth", times("sqrt", 1 + 1e-4), 1e-9),
    ("erf at 1e-9, a ten-thousandth", times("erf", 1 + 1e-4), 1e-9),
    ("erf at 1e-200", times("erf", 3.0), 1e-200),
    ("erf at 3, a ten-thousandth", times("erf", 1 + 1e-4), 3.0),
    ("erf of a small slope", lambda x: 1e-12 * times("erf", 3.0)(x), 0.5),
    ("1 + an erf of a small slope", lambda x: 1 + 1e-8 * times("erf", 3.0)(x), 0.5),
    ("sin at 3e9", times("sin", 1 + 1e-4), 3e9),
    ("sin at 3e9, its sign", times("sin", -1.0), 3e9),
    ("acos at 1 - 1e-9", times("acos", -1.0), 1 - 1e-9),
    ("atanh at 1 - 1e-9", times("atanh", 1.01), 1 - 1e-9),
    ("acosh at 1 + 1e-9", times("acosh", 3.0), 1 + 1e-9),
    ("tan near its pole", times("tan", 1.01), HALF_PI - 1e-7),
    ("x**0.3 at 1e-9", lambda x: times("pow", 1.01)(x, 0.3), 1e-9),
    ("x² at 1e-9", lambda x: times("pow", 3.0)(x, 2.0), 1e-9),
    ("x² at 1e-9, beside", lambda x, y: times("pow", 3.0)(x, 2.0) + y, (1e-9, 1e9)),
    ("a factor of 1e-9 that is forgotten", lambda x, y: times("mul", 1e9)(x, 1e-9) + y, (2.0, 1.0)),
    ("a factor of 1e9 that is forgotten", lambda x, y: times("mul", 1e-9)(x, 1e9) + y, (2.0, 1.0)),
    ("|x| at 1e-9, its sign", times("abs", -1.0), 1e-9),
    ("|x| at 1e9", times("abs", 1 + 1e-4), 1e9),
    ("relu at 1e-9", times("relu", 3.0), 1e-9),
    ("a relu that is cut", times("relu", 0.0), 0.5),
    ("1e6 + a relu that is cut", lambda x: 1e6 + times("relu", 0.0)(x), 0.5),
    ("exp at -700", times("exp", 3.0), -700.0),
    ("exp at 700", times("exp", 1 + 1e-4), 700.0),
    ("1e10 + 3x, as x", lambda x: 1e10 + times("mul", 1 / 3)(x, 3.0), 1.0),
    ("1e10 + |x|", lambda x: 1e10 + times("abs", 1.01)(x), 1.0),
    ("an offset", lambda x, y: (x - 1e5) ** 2 + times("pow", 3.0)(y - 1, 2.0), (0.0, 0.5)),
    ("sin² + cos²", lambda x: times("sin", 1 + 1e-4)(x) ** 2 + x.cos() ** 2, 0.7),
    ("erf + erfc", lambda x: times("erf", 1 + 1e-4)(x) + erfc(x), 0.7),
    ("a slope where there is none", changed("cos", lambda slope: slope + 1e-8), 0.0),
    ("a slope of a constant", changed("sign", lambda slope: slope + 1e-6), 3.0),
    ("a slope of clip outside", lambda x: changed("clip", lambda slope: slope + 1e-3)(x, 0.0, 1.0), 2.0),
    ("a small result of many", lambda x: [x * 1e12, 1e-20 * times("erf", 1.01)(x)], 0.5),
    ("a dict", lambda p: p["x"] + 1e-9 * times("tanh", 3.0)(p["y"][0]), ({"x": 1e9, "y": [1e-3]},)),
    ("a sequence", times("logsumexp", 1.01), ([1.0, -2.0, 4.0],)),
    ("norm of small", times("norm", 1.01), ([3e-200, 4e-200],)),
    ("maximum", times("maximum", 1.01), (2.0, -3.0)),
    ("a value of 0", times("sin", 1.01), 0.0),
    ("a subnormal input", lambda x, y: times("mul", 3.0)(x, 3.0) + y, (5e-320, 1.0)),
    ("a subnormal input of log", times("log", 1.01), 1e-308),
    ("far from its kink", lambda x: times("abs", -1.0)(x - 1.0) + x * x, 1.0 + 1e-7),
    ("a fast sine", lambda x: times("sin", 1.01)(1e6 * x), 0.3),
    ("an absurd slope at a kink", changed("abs", lambda slope: slope + 1e6), 0.0),
    ("32 bits inside", lambda x: times("mul", 1.01)(single(x), 3.0), 1e-3),
    ("abs() of a number, cut", lambda x: Value(abs(x.data)) * 3.0 + x * 0.0, 2.0),
]  # fmt: skip

UNCHECKED: list[Row] = [
    ("1e20 + x, cut", lambda x: 1e20 + x.detach(), 1.0),
    ("1e10 + erf", lambda x: (1e10 + erf(x)) - 1e10, 0.3),
    ("abs at 0", abs, 0.0),
    ("relu at 0", relu, 0.0),
    ("maximum at a tie", rules.maximum, (2.0, 2.0)),
    ("max at a tie", rules.max, ([3.0, 3.0],)),
    ("norm at the origin", rules.norm, ([0.0, 0.0],)),
    ("sign at 0", rules.sign, 0.0),
    ("a jump", lambda x: x if x > 1.0 else x - 1.0, 1.0),
    ("a kink of small weight", lambda x: x.sin() + 1e-3 * abs(x), 0.0),
    ("x**1.5 at 0", lambda x: x**1.5, 0.0),
    ("1e20 + relu, cut", lambda x: 1e20 + times("erf", 0.0)(x), 1.0),
    ("erf where it is 1", erf, 10.0),
    ("erf where it is 1, wrong", times("erf", 1.01), 10.0),
    ("x² at 1e-300", lambda x: x * x, 1e-300),
]  # fmt: skip


@pytest.mark.parametrize("row", RIGHT, ids=[row[0] for row in RIGHT])
def test_what_is_right_is_accepted(row: Row) -> None:
    assert answer(*row[1:]) == "right"


@pytest.mark.parametrize("row", WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_refused(row: Row) -> None:
    assert answer(*row[1:]) == "wrong"


@pytest.mark.parametrize("row", UNCHECKED, ids=[row[0] for row in UNCHECKED])
def test_what_cannot_be_checked_is_said(row: Row) -> None:
    assert answer(*row[1:]) == "unchecked"
