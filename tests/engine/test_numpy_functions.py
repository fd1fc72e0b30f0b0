"""NumPy's functions on arrays of Values: the number and the gradient of autograd's own, or an error that says which."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import RULES, Value, grad
from autograd.util.lazy_numpy import np

POINT = [1.5, -2.25, 4.75]

# (NumPy's, on an array of Values; the same of a list of numbers and Values)
OF_ARRAYS: dict[str, tuple[Callable[[Any], Any], Callable[[list[Any]], Any]]] = {
    "sum": (np.sum, autograd.sum),
    "mean": (np.mean, autograd.mean),
    "average": (np.average, autograd.mean),
    "prod": (np.prod, autograd.prod),
    "max": (np.max, autograd.max),
    "min": (np.min, autograd.min),
    "ptp": (np.ptp, lambda xs: autograd.max(xs) - autograd.min(xs)),
    "median": (np.median, lambda xs: xs[0]),
    "var": (np.var, autograd.var),
    "var, ddof=1": (lambda a: np.var(a, ddof=1), lambda xs: autograd.var(xs, correction=1)),
    "std": (np.std, autograd.std),
    "std, ddof=1": (lambda a: np.std(a, ddof=1), lambda xs: autograd.std(xs, correction=1)),
    "a.std": (lambda a: a.std(), autograd.std),
    "vdot": (lambda a: np.vdot(a, a), lambda xs: autograd.dot(xs, xs)),
    "dot": (lambda a: np.dot(a, a), lambda xs: autograd.dot(xs, xs)),
    "inner": (lambda a: np.inner(a, a), lambda xs: autograd.dot(xs, xs)),
    "@": (lambda a: a @ a, lambda xs: autograd.dot(xs, xs)),
    "einsum": (lambda a: np.einsum("i,i", a, a), lambda xs: autograd.dot(xs, xs)),
    "linalg.norm": (np.linalg.norm, autograd.norm),
    "trapezoid": (np.trapezoid, lambda xs: 0.5 * xs[0] + xs[1] + 0.5 * xs[2]),
    "cumsum": (lambda a: np.cumsum(a)[2], lambda xs: autograd.cumsum(xs)[2]),
    "cumprod": (lambda a: np.cumprod(a)[2], autograd.prod),
    "diff": (lambda a: np.diff(a)[1], lambda xs: xs[2] - xs[1]),
    "clip": (lambda a: np.sum(np.clip(a, -2, 2) * a), lambda xs: sum(autograd.clip(x, -2, 2) * x for x in xs)),
    "round": (lambda a: np.sum(np.round(a) * a), lambda xs: sum(autograd.round(x) * x for x in xs)),
    "fix": (lambda a: np.sum(np.fix(a) * a), lambda xs: sum(autograd.trunc(x) * x for x in xs)),
    "sinc": (lambda a: np.sinc(a)[1], lambda xs: autograd.sinc(xs[1])),
}
OTHER_NAMES = {
    "degrees": "rad2deg", "fabs": "abs", "float_power": "pow", "mod": "mod", "power": "pow", "radians": "deg2rad",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")  # since NumPy 2.5
@pytest.mark.parametrize("name", OF_ARRAYS)
def test_a_function_of_an_array_is_autograds_own(name: str) -> None:
    with_numpy, own = OF_ARRAYS[name]
    leaves, others = [Value(x) for x in POINT], [Value(x) for x in POINT]
    got, expected = with_numpy(np.array(leaves)), own(others)
    assert got.data == pytest.approx(expected.data, rel=1e-12, abs=1e-12)
    got.backward()
    expected.backward()
    assert [x.grad for x in leaves] == pytest.approx([x.grad for x in others], rel=1e-12, abs=1e-12)


NAMES = {
    name: rule for rule in RULES.values() for name in [rule.numpy] if isinstance(getattr(np, name, None), np.ufunc)
}
NAMES |= {name: RULES[own] for name, own in OTHER_NAMES.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_ufunc_of_values_is_the_rule(name: str) -> None:
    rule = NAMES[name]
    for sample in rule.samples:
        leaves, others = [Value(x) for x in sample], [Value(x) for x in sample]
        got, expected = getattr(np, name)(*leaves), rule(*others)
        got.backward()
        expected.backward()
        assert (got.data, [x.grad for x in leaves]) == (expected.data, [x.grad for x in others])
        assert math.isclose(got.data, float(getattr(np, name)(*sample)), rel_tol=1e-14)


def test_functions_of_one_value() -> None:
    v = Value(0.75)
    assert np.positive(v) is v and np.conjugate(v) is v
    assert np.sinc(v).data == autograd.sinc(0.75) == pytest.approx(np.sinc(0.75), rel=1e-15)
    assert grad(grad(np.sinc))(0.0) == pytest.approx(-(math.pi**2) / 3, rel=1e-15)
    assert (np.round(v).data, np.clip(v, 0, 0.5).data, np.where(True, v, 1.0).data) == (1.0, 0.5, 0.75)
    assert np.concatenate([[v], [1.0]])[0] is v
    assert np.linspace(v, 1.0, 3)[0].data == 0.75


def test_where_and_others_of_one_value_are_recorded() -> None:
    w = Value(3.0)
    program = autograd.compile(lambda x: np.where(x > 0, np.sinc(x), w) * np.clip(x, -1, 2))
    for x in (0.75, -0.5):
        assert program(x) == pytest.approx((np.sinc(x) if x > 0 else 3.0) * x, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "call", "advice"),
    [
        ("std", np.std, "autograd.std(list of Values), or v.data"),
        ("var", np.var, "autograd.var(list of Values), or v.data"),
        ("isclose", lambda v: np.isclose(v, v), "v.data for the number alone"),
        ("isclose", lambda v: np.allclose(v, v), "v.data for the number alone"),
    ],
)
def test_what_has_no_form_for_one_value_says_what_to_write(name: str, call: Callable[[Any], Any], advice: str) -> None:
    with pytest.raises(TypeError, match=re.escape(f"np.{name} does not work on Values\n  try             {advice}")):
        call(Value(1.0))


# ── no message names a class that nobody has heard of ───────────────────────────────────────────────────────────────

WRONG_USES: dict[str, Callable[[Any], Any]] = {
    "a number of it": float,
    "index": lambda v: [1, 2][v],
    "range": lambda v: range(v),
    "+ str": lambda v: v + "a",
    "str +": lambda v: "a" + v,
    "- None": lambda v: None - v,
    "@": lambda v: v @ v,
    "<<": lambda v: v << 1,
    "&": lambda v: v & 1,
    "~": lambda v: ~v,
    "< None": lambda v: v < None,
    "str <": lambda v: v > "a",
    "a call": lambda v: v(1),
    "v[0]": lambda v: v[0],
    "unpacked": lambda v: [*v],
    "len": len,
    "in": lambda v: 1 in v,
    "max": autograd.max,
    "dot": lambda v: autograd.dot(v, [v]),
    "mean": autograd.mean,
    "softmax": autograd.softmax,
    "cumsum": autograd.cumsum,
    "norm": autograd.norm,
    "std": autograd.std,
    "hypot": lambda v: autograd.hypot(v, "a"),
    "too many": lambda v: autograd.exp(v, v),
    "v.exp(1)": lambda v: v.exp(1),
    "a parameter": lambda v: autograd.hardtanh(1.0, lo=v),
    "a list": lambda v: autograd.elu(v, alpha=[v]),
    "no attribute": lambda v: v.nothing,
    "new attribute": lambda v: setattr(v, "foo", 1),
    "label": lambda v: setattr(v, "label", v),
    "data": lambda v: setattr(v, "data", "a"),
    "format": lambda v: format(v, "d"),
    "divmod": lambda v: divmod(v, "a"),
    "pow": lambda v: pow(v, 2, 3),
    "join": lambda v: ",".join([v]),
    "chr": chr,
    "np.array": lambda v: np.array([v], float),
    "np.std": np.std,
    "np.zeros": np.zeros,
    "np.modf": np.modf,
    "np out": lambda v: np.add(v, 1.0, out=np.zeros(1)),
    "np.add.at": lambda v: np.add.at(np.zeros(2), 0, v),
    "np.exp(where)": lambda v: np.exp(v, where=False),
    "where": lambda v: autograd.where(v, "a", v),
    "pick": lambda v: autograd.pick(v, 0),
    "condition +": lambda v: (v > 0) + "a",
    "condition()": lambda v: (v > 0)(),
    "condition &": lambda v: (v > 0) & "a",
    "condition.x": lambda v: (v > 0).nothing,
    "*condition": lambda v: [*(v > 0)],
    "grad": lambda v: grad(lambda x: "a")(v),
    "jacobian": lambda v: autograd.jacobian(lambda x: {x})(v),
    "compile": autograd.compile,
    "parameters": lambda v: autograd.compile(lambda x: x, parameters=v),
    "rule": autograd.rule,
}
PLACES: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "eager": lambda f: f(Value(1.5)),
    "grad": lambda f: grad(f)(1.5),
    "grad of grad": lambda f: grad(grad(f))(1.5),
    "hessian": lambda f: autograd.hessian(lambda xs: f(xs[0]))([1.5]),
    "compile": lambda f: autograd.compile(f)(1.5),
    "grad in compile": lambda f: autograd.compile(lambda x: grad(f)(x))(1.5),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_message_names_an_internal_class(place: str) -> None:
    said = {}
    for name, use in WRONG_USES.items():
        try:
            PLACES[place](lambda x, use=use: use(x) and x * x)
        except Exception as error:  # of any kind: Python's and NumPy's messages are read too
            said[name] = repr(error)
    assert len(said) > 50
    assert not [line for line in said.values() if re.search(r"\bNested\b|\bCondition\b|Traced|Untraceable", line)]


@pytest.mark.usefixtures("own_rules")
def test_a_rule_that_fails_on_arrays_alone_is_run_on_numbers() -> None:
    @autograd.rule(samples=[(2.0,)])
    def looked_up(x: Any) -> Any:
        return {2.0: 4.0, 3.0: 9.0}[x], (2.0 * x,)

    assert autograd.compile(lambda x: looked_up(x))(np.array([2.0, 3.0])).tolist() == [4.0, 9.0]


def _refused_rows() -> list[tuple[str, str]]:
    """(a call, its advice) for each row of the table in docs/reference/operations.md."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "operations.md").read_text(encoding="utf-8")
    table = page.split("| NumPy refuses | write |")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if "np." in line]
    return [(call, advice) for calls, advice in rows for call in re.findall(r"`(np\.[^`]*)`", calls)]


@pytest.mark.parametrize(("call", "advice"), _refused_rows())
def test_what_the_documentation_says_numpy_refuses(call: str, advice: str) -> None:
    a, b = (np.array([Value(x), Value(y)]) for x, y in ((1.0, 2.0), (1.0, 3.0)))
    names = {"np": np, "autograd": autograd, "a": a, "b": b, "m": np.array([a, b])}
    names["mixed"] = np.array([Value(1.0), 2.0], dtype=object)
    if call == "np.sign(a)":
        names["a"] = np.array([Value(math.nan), Value(1.0)])
    with pytest.raises(TypeError):
        eval(call, names)
    for code in re.findall(r"`([^`]*)`", advice):
        eval(code, names)
