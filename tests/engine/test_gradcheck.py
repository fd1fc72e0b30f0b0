"""gradcheck at awkward points: what is right is accepted, what is wrong never is, and little is left unchecked."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import RULES, GradcheckError, GradcheckWarning, Value, gradcheck, rules
from autograd.checking.complex_step import Step, complex_slope
from autograd.checking.differences import differences
from autograd.table import Rule
from autograd.util.lazy_numpy import np

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
    # steps and saws
    ("mod of many periods", rules.mod, (0.012, -0.023)),
    ("mod of a thousand periods", lambda x: (x * x) % 0.0025, 1.4),
    ("fmod of many periods", lambda a, b: rules.fmod(-a, b) * a, (0.05, 0.00068)),
    ("a divided saw", lambda x: 3.0 % x + x // 0.001, 0.0333),
    ("a floor beside a slope", lambda x: rules.floor(1e6 * x) + x, 0.3000003),
    ("softsign at 3e5", rules.softsign, 3e5),
    ("a sign that is copied", lambda x: rules.copysign(x * x, x), -2.0),
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
    ("32 bits inside", lambda x: times("mul", 1.01)(single(x), 3.0), 1e-3),
    ("mod, its sign", times("mod", -1.0), (5.5, 2.0)),
    ("fmod of many periods", times("fmod", 1.01), (1.0, 0.013)),
    ("copysign, its sign", times("copysign", -1.0), (-2.0, 3.0)),
    ("abs() of a number, cut", lambda x: Value(abs(x.data)) * 3.0 + x * 0.0, 2.0),
]  # fmt: skip

UNCHECKED: list[Row] = [
    ("an absurd slope at a kink", changed("abs", lambda slope: slope + 1e6), 0.0),
    ("exp at -740", rules.exp, -740.0),
    ("1e20 + x, cut", lambda x: 1e20 + x.detach(), 1.0),
    ("1e10 + erf", lambda x: (1e10 + erf(x)) - 1e10, 0.3),
    ("abs at 0", abs, 0.0),
    ("relu at 0", relu, 0.0),
    ("maximum at a tie", rules.maximum, (2.0, 2.0)),
    ("max at a tie", rules.max, ([3.0, 3.0],)),
    ("a slope of 1 in a feature of 1e-5", lambda x: abs(x) * erf(1e5 * x) + x, 0.0),
    ("a root's slope below every spacing", lambda x: abs(x).sqrt() * x.sign(), 1e-320),
    ("norm at the origin", rules.norm, ([0.0, 0.0],)),
    ("sign at 0", rules.sign, 0.0),
    ("a jump", lambda x: x if x > 1.0 else x - 1.0, 1.0),
    ("a kink of small weight", lambda x: x.sin() + 1e-3 * abs(x), 0.0),
    ("x**1.5 at 0", lambda x: x**1.5, 0.0),
    ("1e20 + relu, cut", lambda x: 1e20 + times("erf", 0.0)(x), 1.0),
    ("erf where it is 1", erf, 10.0),
    ("erf where it is 1, wrong", times("erf", 1.01), 10.0),
    ("x² at 1e-300", lambda x: x * x, 1e-300),
    # the imaginary parts of a complex step cancel
    ("softsign where it is 1", rules.softsign, 3e43),
    ("softsign where it is nearly 1, wrong", times("softsign", 1.01), 3e15),
    ("sech where it is 1", rules.sech, 1e-44),
    # differences see the trend of steps in place of their slope
    ("ceil at 1e86", rules.ceil, 1e86),
    ("floor at 2^51, between its jumps", rules.floor, 2.0**51 + 0.5),
    ("floor at 2^51, at a jump", lambda x: rules.floor(x) + 0.0, -(2.0**51)),
    ("round at 1e20", rules.round, 1e20),
    ("whole parts", lambda x: x // 1e-9, 1e20),
    ("sinc of whole numbers", rules.sinc, 1e54),
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


ORDERS: list[tuple[str, Callable[..., Any], Any, int, str]] = [
    ("sin at 3e9", rules.sin, 3e9, 3, "right"),
    ("log at 1e-9", rules.log, 1e-9, 3, "right"),
    ("an offset", lambda x, y: (x - 1e5) ** 2 + (y - 1) ** 2, (0.0, 0.5), 2, "right"),
    ("erf", erf, 0.3, 3, "right"),
    ("many", lambda p: rules.logsumexp(p["z"]) * p["t"].tanh(), ({"z": [1.0, 3.0], "t": 0.2},), 3, "right"),
    ("|x|·x at 0", lambda x: x * abs(x), 0.0, 2, "unchecked"),
    ("detached", lambda x: Rule("d", lambda x: (x * x, (2 * autograd.numeric.detach(x),)), operands=("x",))(x), 2.0, 2,
     "wrong"),
]  # fmt: skip


@pytest.mark.parametrize("row", ORDERS, ids=[row[0] for row in ORDERS])
def test_higher_orders_have_three_answers(row: tuple[str, Callable[..., Any], Any, int, str]) -> None:
    _, f, inputs, order, expected = row
    assert answer(f, inputs, order) == expected


def test_nothing_checked_of_one_order_is_no_pass() -> None:
    with pytest.warns(GradcheckWarning, match="derivative 1 of f in argument 0 at 0.0: .* a kink"):
        assert gradcheck(lambda x: x * abs(x), 0.0, order=2) is False


def test_every_input_that_is_not_checked_is_named_once() -> None:
    """A network with one relu at its kink is still checked; the warning is one, with a line for each input."""
    with pytest.warns(GradcheckWarning) as caught:
        assert gradcheck(lambda xs: sum((relu(x) for x in xs), 0.0), ([0.0, 1.0, -2.0, 0.0, *[0.5] * 96],)) is True
    kink = "the slope is 0 on the left and 1 on the right: a kink"
    assert [str(warning.message).splitlines() for warning in caught] == [
        [
            "gradcheck could not check 2 of 100 derivatives:",
            f"  f in argument 0, number 0 at 0.0: {kink}",
            f"  f in argument 0, number 3 at 0.0: {kink}",
        ]
    ]
    assert caught[0].filename == __file__


def test_a_check_writes_in_no_value_of_the_callers() -> None:
    w, b = Value(2.0, label="w"), Value(0.5)
    product = w * b
    product.backward()
    before = [(v.data, v.grad, v.label, v._prev) for v in (w, b, product)]
    bare = Value(3.0)

    def f(x: Any) -> Any:
        return w * x.tanh() + b + product * bare * x

    assert gradcheck(f, 0.3, order=2)
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: f(times("sin", 2.0)(x)), 0.3)
    assert [(v.data, v.grad, v.label, v._prev) for v in (w, b, product)] == before
    assert not bare.has_grad


# ── the table of rules ──────────────────────────────────────────────────────────────────────────────────────────────


def number(source: random.Random) -> float:
    """Of every size, most often of an ordinary one; now and then close to a place where something ends."""
    size = source.choice([(-2, 1), (-2, 1), (-12, 3), (-9, 0), (-200, 200)])
    x = float(10.0 ** source.uniform(*size) * source.choice([1, -1]))
    return x + source.choice([1.0, -1.0]) if source.random() < 0.15 else x


def points(name: str, count: int, seed: int) -> list[list[float]]:
    """Points at which the rule and its slopes are finite."""
    rule, source = RULES[name], random.Random(f"{name} {seed}")
    found: list[list[float]] = []
    for _ in range(50 * count):
        size = len(rule.operands) * (3 if rule.sequences else 1)
        flat = [number(source) for _ in range(size)]
        if name == "clip":  # its bounds the wrong way round are a mistake
            flat[1:] = sorted(flat[1:])
        value, local = rule.evaluate(flat)
        if math.isfinite(value) and all(slope is None or math.isfinite(slope) for slope in local):
            found.append(flat)
        if len(found) == count:
            break
    return found


def of_free_operands(operation: Any, name: str, flat: list[float]) -> tuple[Callable[..., Any], list[float]]:
    """The operation in the operands that have a slope (the condition of ``where`` has none), and these."""
    rule = RULES[name]
    free = [slope is not None for slope in rule.evaluate(flat)[1]]

    def f(*operands: Any) -> Any:
        remaining = iter(operands)
        return operation(*rule.grouped([next(remaining) if a else x for x, a in zip(flat, free, strict=True)]))

    return f, [x for x, a in zip(flat, free, strict=True) if a]


def sweep(name: str, count: int, seed: int) -> dict[str, int]:
    """How often the rule, and the rule with slopes of 1.01 times the right ones, get each answer."""
    seen = {f"{kind} {told}": 0 for kind in ("rule", "mutant") for told in ("right", "wrong", "unchecked")}
    for flat in points(name, count, seed):
        seen["rule " + answer(*of_free_operands(times(name, 1.0), name, flat))] += 1
        if any(slope and abs(slope) > 1e-300 for slope in RULES[name].evaluate(flat)[1]):  # else 1.01 may be 1
            seen["mutant " + answer(*of_free_operands(times(name, 1.01), name, flat))] += 1
    return seen


def check_sweep(name: str, count: int, seed: int) -> None:
    seen = sweep(name, count, seed)
    assert seen["mutant right"] == 0, seen
    assert seen["rule wrong"] == 0, seen
    assert seen["rule unchecked"] <= 1 + 0.35 * count, seen


OWN = [name for name, rule in RULES.items() if rule.builtin]


@pytest.mark.parametrize("name", OWN)
def test_each_rule_is_accepted_and_a_hundredth_more_never_is(name: str) -> None:
    check_sweep(name, count=4, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("name", OWN)
def test_each_rule_is_accepted_and_a_hundredth_more_never_is_at_many_points(name: str, seed: int) -> None:
    check_sweep(name, count=100, seed=seed)


# ── the two judges ──────────────────────────────────────────────────────────────────────────────────────────────────

KNOWN: list[tuple[str, Callable[[float], float], float, float]] = [  # slopes to 17 digits: mpmath
    ("exp", math.exp, 1.0, 2.718281828459045),
    ("log", math.log, 1e-9, 1e9),
    ("erf", math.erf, 0.0, 1.1283791670955126),
    ("erf", math.erf, 3.0, 1.3925305194674785e-04),
    ("gamma", math.gamma, 4.0, 7.5367060105908028),
    ("lgamma", math.lgamma, 1e-6, -1000000.577214020013919957),
    ("sin", math.sin, 3e9, -0.1606902426276870649),
]


@pytest.mark.parametrize("row", KNOWN, ids=[f"{row[0]} at {row[2]}" for row in KNOWN])
def test_the_error_of_differences_is_bounded(row: tuple[str, Callable[[float], float], float, float]) -> None:
    _, f, x, slope = row
    estimate = differences(f, x, rtol=1e-5)
    assert abs(estimate.slope - slope) <= estimate.error <= 1e-5 * abs(slope)


NO_STEP: list[tuple[str, Callable[[Any], Any], float]] = [
    ("a tie", lambda x: x if x > 1.0 else 2 - x, 1.0),
    ("abs at 0", abs, 0.0),
    ("a square root at 0", lambda x: x.sqrt(), 0.0),
    ("the real part alone", lambda x: x.real * 3, 2.0),
    ("a float", lambda x: float(x) * 3, 2.0),
    ("math", lambda x: math.sin(x), 2.0),
    ("a conjugate", lambda x: x * x.conjugate(), 2.0),
    ("erf", lambda x: erf(x), 2.0),
    ("detached", lambda x: x * x.detach(), 2.0),
]


@pytest.mark.parametrize("row", NO_STEP, ids=[row[0] for row in NO_STEP])
def test_the_complex_step_is_not_fooled(row: tuple[str, Callable[[Any], Any], float]) -> None:
    _, f, x = row
    assert complex_slope(f, x, value=float("nan")) is None
    assert complex_slope(f, x, value=f(Value(x)).data if row[0] in ("a tie", "abs at 0") else 6.0) is None


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: abs(x) * x.sign(), -2.0, 1.0),
        (lambda x: rules.where(x > 1, x * x, 0.0), 2.0, 4.0),
        (lambda x: np.arctan2(x, -1.0), 3.0, -0.1),
        (lambda x: np.tanh(np.array([x, 2.0 * x])).sum(), 0.0, 3.0),
        (lambda x: rules.norm([x, 4.0]), 3.0, 0.6),
        (lambda x: rules.logsumexp([x, 0.0]), 0.5, 0.6224593312018546),
        (lambda x: Value(2.0) * x + x * Value(3.0), 1.0, 5.0),
        (lambda x: rules.leaky_relu(x, slope=0.25), -1.0, 0.25),
    ],
)
def test_the_complex_step_takes_what_a_value_takes(f: Callable[[Any], Any], x: float, slope: float) -> None:
    value = f(Value(x))
    found = complex_slope(f, x, value.data)
    assert found is not None
    assert abs(found[0] - slope) <= 1e-15
    assert isinstance(f(Step(complex(x, 1e-30))), Step)


def test_the_complex_step_passes_by_a_branch_that_overflows() -> None:
    assert complex_slope(lambda x: autograd.where(x > 0.0, 3.0 * x, autograd.exp(x)), 1000.0, 3000.0) == (
        3.0,
        pytest.approx(0.0, abs=1e-13),
    )
