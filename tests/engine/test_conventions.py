"""The contract at kinks, poles and overflow: one answer on floats, arrays, Values and Values of Values.

Every row of ``reference/conventions.json``, which is the contract's table; then policy 4: nothing flows to an operand
that was not chosen, and a zero that was computed is a number like any other.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
from autograd import (
    RULES,
    Value,
    exp,
    grad,
    hessian,
    log,
    maximum,
    minimum,
    relu,
    sin,
    sqrt,
    tanh,
    value_and_grad,
    where,
)
from autograd.errors import NonFiniteError
from autograd.util.lazy_numpy import np

INF, NAN = math.inf, math.nan
REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "conventions.json").read_text(encoding="utf-8"))
TEN_DIGITS = 5e-10  # the worked values are written with ten


def numbers(tree: Any) -> Any:
    """A tree of the JSON file with every number a float."""
    if isinstance(tree, dict):
        return {key: numbers(x) for key, x in tree.items() if key not in ("case", "program", "torch")}
    return [numbers(x) for x in tree] if isinstance(tree, list) else float(tree)


def same(a: float, b: float) -> bool:
    """The same number: nan is nan, an infinity has its sign, 0.0 is -0.0."""
    return a == b or (a != a and b != b)


def agree(got: Sequence[float], expected: Sequence[float], relative: float = 1e-15) -> bool:
    """Number by number; exactly, but for the rounding of an infinite decimal (0.01) in the table."""
    pairs = zip(got, expected, strict=True)
    return all(same(a, b) or abs(a - b) <= relative * abs(b) for a, b in pairs)


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else x


def flat(tree: Any) -> list[float]:
    """The numbers of nested lists and tuples of floats or Values, in order."""
    return [x for part in tree for x in flat(part)] if isinstance(tree, (list, tuple)) else [number_of(tree)]


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Row:
    """One point of the contract; a constant operand is a plain number, and has no place in the gradient."""

    case: str
    operation: str
    operands: list[Any]
    constant: list[bool]
    parameters: dict[str, Any]
    value: float
    gradient: list[Any]

    def __str__(self) -> str:
        return f"{self.operation}{self.operands}{[i for i, c in enumerate(self.constant) if c] or ''}"

    @property
    def positions(self) -> list[int]:
        return [i for i, is_constant in enumerate(self.constant) if not is_constant]

    @property
    def has_method(self) -> bool:
        """Whether the first operand, whose method it would be, is one number and variable."""
        return not self.constant[0] and not isinstance(self.operands[0], list)

    def __call__(self, *variables: Any) -> Any:
        """The operation with these in the places of the operands that are not constant."""
        remaining = iter(variables)
        operands = [x if c else next(remaining) for x, c in zip(self.operands, self.constant, strict=True)]
        return getattr(autograd, self.operation)(*operands, **self.parameters)

    @property
    def variables(self) -> list[Any]:
        return [self.operands[i] for i in self.positions]


def rows() -> Iterator[Row]:
    for row in REFERENCE["conventions"]:
        operands, value, gradient = (numbers(row[key]) for key in ("operands", "value", "gradient"))
        yield Row(row["case"], row["operation"], operands, row["constant"], row["parameters"], value, gradient)


each_row = pytest.mark.parametrize("row", list(rows()), ids=str)


@each_row
def test_on_floats(row: Row) -> None:
    rule = RULES[row.operation].variant(parameters=row.parameters)
    value, local = rule.evaluate(rule.flatten(row.operands))
    local = [x() if callable(x) else x for x in local]
    if not rule.sequences:
        local = [local[i] for i in row.positions]
    assert same(value, row.value)
    assert same(row(*row.variables), row.value)
    assert agree(local, flat(row.gradient))


@each_row
def test_on_arrays(row: Row) -> None:
    """Beside an operand that is nothing special: a choice is made for each element."""
    rule = RULES[row.operation].variant(parameters=row.parameters)
    arrays = [np.array([x, 0.5, x]) for x in rule.flatten(row.operands)]
    operands = arrays if not rule.sequences else [arrays]
    value = getattr(autograd, row.operation)(*operands, **row.parameters)
    with np.errstate(all="ignore"):
        local = rule.function(*operands)[1]
        local = [x() if callable(x) else x for x in (local[0] if rule.sequences else local)]
    chosen = local if rule.sequences else [local[i] for i in row.positions]
    for element in (0, 2):
        assert same(value[element], row.value)
        assert agree([np.broadcast_to(x, 3)[element] for x in chosen], flat(row.gradient))


def lifted(tree: Any) -> Any:
    return [lifted(x) for x in tree] if isinstance(tree, list) else Value(tree)


@each_row
def test_on_values(row: Row) -> None:
    variables = lifted(row.variables)
    out = row(*variables)
    assert same(out.data, row.value)
    out.backward(allow_nonfinite=True)
    leaves = [leaf for variable in variables for leaf in (variable if isinstance(variable, list) else [variable])]
    assert agree([leaf.grad for leaf in leaves], flat(row.gradient))


@pytest.mark.parametrize("row", [row for row in rows() if row.has_method], ids=str)
def test_on_values_by_method_and_operator(row: Row) -> None:
    """The methods of Value, which are compiled, are another path to the same numbers."""
    operands = [x if c else Value(x) for x, c in zip(row.operands, row.constant, strict=True)]
    out = getattr(operands[0], row.operation)(*operands[1:], **row.parameters)
    assert same(out.data, row.value)
    out.backward(allow_nonfinite=True)
    assert agree([x.grad for x in operands if isinstance(x, Value)], row.gradient)


@each_row
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_through_levels_of_transforms(row: Row, levels: int) -> None:
    seen = []

    def level(f: Callable[..., Any]) -> Callable[..., Any]:
        def value_of(*operands: Any) -> Any:
            value, gradient = value_and_grad(f, range(len(operands)), allow_nonfinite=True)(*operands)
            seen.append((number_of(value), flat(gradient)))
            return value

        return value_of

    f: Callable[..., Any] = row
    for _ in range(levels):
        f = level(f)
    f(*row.variables)
    assert len(seen) == levels
    for value, gradient in seen:
        assert same(value, row.value)
        assert agree(gradient, flat(row.gradient)), f"got {gradient}, the contract says {row.gradient}"


# ── worked values ───────────────────────────────────────────────────────────────────────────────────────────────────


def product_of_sum(a: Any, b: Any, c: Any, f: Any) -> dict[str, Any]:
    product = a * b
    total = product + c
    return {"a*b": product, "a*b+c": total, "out": total * f}


def two_losses_on_one_node(x: Any) -> dict[str, Any]:
    z = x**2
    return {"z": z, "y1": 3 * z, "y2": z**2}


# What the file's programs mean; each returns its nodes by name.
PROGRAMS: dict[str, Callable[..., dict[str, Any]]] = {
    "where(x > 0, sqrt(x), 0)": lambda x: {"out": where(x > 0, sqrt(x), 0)},
    "sqrt(x)**2": lambda x: {"out": sqrt(x) ** 2},
    "1/(1/x)": lambda x: {"out": 1 / (1 / x)},
    "exp(log(x))": lambda x: {"out": exp(log(x))},
    "tanh(x)": lambda x: {"out": tanh(x)},
    "tanh(x1*w1 + x2*w2 + b)": lambda x1, x2, w1, w2, b: {"out": tanh(x1 * w1 + x2 * w2 + b)},
    "(a*b + c)*f": product_of_sum,
    "(a*b)*(a + b)": lambda a, b: {"out": (a * b) * (a + b)},
    "x*x*x, backward twice": lambda x: {"out": x * x * x},
    "z = x**2; 3*z, then z**2": two_losses_on_one_node,
    "cross_entropy([a, b, c], 2)": lambda a, b, c: {"out": -autograd.log_softmax([a, b, c])[2]},
    "cross_entropy([a, b], [0, 1])": lambda a, b: {"out": nn.cross_entropy([a, b], [0.0, 1.0])},
    "bce_with_logits(x, 1)": lambda x: {"out": nn.bce_with_logits(x, 1.0)},
    "clip(x, lo, hi)": lambda x, lo, hi: {"out": autograd.clip(x, lo, hi)},
}
ROOTS = {"x*x*x, backward twice": ["out", "out"], "z = x**2; 3*z, then z**2": ["y1", "y2"]}

ORDERS: dict[str, Callable[[Any], Any]] = {"x**3": lambda x: x**3, "tanh": tanh}


def descend(gradient: Callable[[float], float], rate: float, momentum: float = 0.0) -> Iterator[float]:
    """SGD, as PyTorch writes it."""
    x = velocity = 0.0
    while True:
        velocity = momentum * velocity + gradient(x)
        x -= rate * velocity
        yield x


def adam(gradient: Callable[[float], float], rate: float) -> Iterator[float]:
    """Kingma & Ba 2015, algorithm 1, with its defaults."""
    x = first = second = 0.0
    step = 0
    while True:
        step += 1
        slope = gradient(x)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        x -= rate * (first / (1 - 0.9**step)) / (math.sqrt(second / (1 - 0.999**step)) + 1e-8)
        yield x


slope_of_quadratic = grad(lambda x: (x - 3) ** 2)

PATHS: dict[str, Callable[[], Iterator[float]]] = {
    "quadratic SGD(lr=0.1)": lambda: descend(slope_of_quadratic, 0.1),
    "quadratic SGD(lr=0.1, momentum=0.9)": lambda: descend(slope_of_quadratic, 0.1, 0.9),
    "quadratic Adam(lr=0.1)": lambda: adam(slope_of_quadratic, 0.1),
}
LINEAR = "linear SGD(lr=0.01)"

COMPOSITIONS = {composition["program"]: composition for composition in REFERENCE["compositions"]}


def test_every_composition_is_run() -> None:
    assert set(COMPOSITIONS) == set(PROGRAMS) | set(ORDERS) | set(PATHS) | {LINEAR}
    assert len(COMPOSITIONS) == len(REFERENCE["compositions"])


@pytest.mark.parametrize("program", PROGRAMS)
def test_worked_value(program: str) -> None:
    """`backward` on each root in turn, without zeroing: inner nodes hold the last call's gradient, leaves the sum."""
    expected = numbers(COMPOSITIONS[program])
    roots = ROOTS.get(program, ["out"])
    nodes: dict[str, Any] = {name: Value(x) for name, x in expected["inputs"].items()}
    nodes |= PROGRAMS[program](**nodes)
    values, history = [], []
    for root in roots:
        nodes[root].backward(allow_nonfinite=True)  # of the indeterminate forms; INDETERMINATE has their refusals
        values.append(nodes[root].data)
        history.append({name: nodes[name].grad for name in expected["gradient"]})
    after_each = expected["value"] if len(roots) > 1 else [expected["value"]]
    assert agree(values, after_each, TEN_DIGITS)
    for name, gradient in expected["gradient"].items():
        wanted = gradient if len(roots) > 1 else [gradient]
        assert agree([now[name] for now in history], wanted, TEN_DIGITS), name


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program not in ROOTS])
@pytest.mark.parametrize("levels", [1, 2])
def test_worked_value_through_levels_of_transforms(program: str, levels: int) -> None:
    expected = numbers(COMPOSITIONS[program])
    names = list(expected["inputs"])

    def out(*operands: Any) -> Any:
        return PROGRAMS[program](**dict(zip(names, operands, strict=True)))["out"]

    def through_a_level(*operands: Any) -> Any:
        return value_and_grad(out, range(len(operands)), allow_nonfinite=True)(*operands)[0]

    f = out if levels == 1 else through_a_level
    values = expected["inputs"].values()
    value, gradient = value_and_grad(f, range(len(names)), allow_nonfinite=True)(*values)
    assert agree([value], [expected["value"]], TEN_DIGITS)
    assert agree(gradient, [expected["gradient"][name] for name in names], TEN_DIGITS)


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program not in ROOTS])
def test_worked_value_on_arrays_and_floats(program: str) -> None:
    expected = numbers(COMPOSITIONS[program])
    for kind in (float, np.asarray):
        if program in ("clip(x, lo, hi)", "1/(1/x)") and kind is float:
            continue  # plain bounds that cross are refused; Python itself refuses 1 / 0.0
        if program.startswith(("cross_entropy", "bce")) or kind is float:
            inputs: dict[str, Any] = dict(expected["inputs"])
        else:
            inputs = {name: np.array([x, x]) for name, x in expected["inputs"].items()}
        with np.errstate(divide="ignore"):
            out = np.broadcast_to(PROGRAMS[program](**inputs)["out"], 2).tolist()
        assert agree(out, [expected["value"]] * 2, TEN_DIGITS)


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program not in ROOTS])
@pytest.mark.parametrize("rows", [None, 1, 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_worked_value_compiled(program: str, rows: int | None, dtype: str) -> None:
    """One sample, which runs on floats, and batches; the inputs as arrays, and as parameters."""
    expected, relative = numbers(COMPOSITIONS[program]), TEN_DIGITS if dtype == "float64" else 1e-6
    names, given = list(expected["inputs"]), list(expected["inputs"].values())
    inputs = [x if rows is None else np.full(rows, x) for x in given]
    f = autograd.compile(lambda *xs: PROGRAMS[program](**dict(zip(names, xs, strict=True)))["out"], dtype=dtype)
    wanted = [expected["gradient"][name] for name in names]
    gradient = f.input_grad(*inputs, allow_nonfinite=True)
    found = [np.atleast_1d(x)[-1] for x in (gradient if len(names) > 1 else [gradient])]
    assert agree(np.atleast_1d(f(*inputs)).tolist(), [expected["value"]] * (rows or 1), relative)
    assert agree(found, wanted, relative)
    leaves = [Value(x) for x in given]
    g = autograd.compile(lambda: PROGRAMS[program](**dict(zip(names, leaves, strict=True)))["out"],
                         dtype=dtype, parameters=leaves)  # fmt: skip
    value, slopes = g.value_and_grad(allow_nonfinite=True)
    assert agree([value, *slopes], [expected["value"], *wanted], relative)


@pytest.mark.parametrize("program", ORDERS)
def test_worked_derivatives(program: str) -> None:
    expected = numbers(COMPOSITIONS[program])
    f, found = ORDERS[program], []
    for _ in expected["orders"]:
        found.append(f(expected["inputs"]["x"]))
        f = grad(f)
    assert agree(found, expected["orders"], TEN_DIGITS)


@pytest.mark.parametrize("program", PATHS)
def test_worked_path_of_an_optimizer(program: str) -> None:
    expected = numbers(COMPOSITIONS[program])["path"]
    steps = PATHS[program]()
    assert agree([next(steps) for _ in expected], flat(expected), TEN_DIGITS)


def test_worked_linear_regression() -> None:
    expected = numbers(COMPOSITIONS[LINEAR])
    weight, bias = Value(0.0), Value(0.0)
    for loss_before, after in zip(expected["losses"], expected["path"], strict=True):
        weight.grad = bias.grad = 0.0
        errors = [weight * x + bias - 3.0 * x for x in (1.0, 2.0, 3.0, 4.0)]
        loss = sum(error**2 for error in errors) / 4
        loss.backward()
        assert agree([loss.data], [loss_before], TEN_DIGITS)
        weight.data -= 0.01 * weight.grad
        bias.data -= 0.01 * bias.grad
        assert agree([weight.data, bias.data], after, TEN_DIGITS)


# ── policy 4: nothing flows to an operand that was not chosen; a zero that was computed is a number ─────────────────

# (what it shows, function, point, value, gradient, diagonal of the hessian or None where it is not finite)
DEAD_BRANCHES: list[tuple[str, Callable[..., Any], list[float], float, list[float], list[float] | None]] = [
    ("where, sqrt not taken", lambda x: where(x > 0, sqrt(x), 0.0), [0.0], 0.0, [0.0], [0.0]),
    ("where, sqrt taken", lambda x: where(x > 0, sqrt(x), 0.0), [4.0], 2.0, [0.25], [-1 / 32]),
    ("where, log not taken", lambda x: where(x > 0, log(x), 2 * x), [0.0], 0.0, [2.0], [0.0]),
    ("where, other branch", lambda x: where(x > 0, 2 * x, log(x)), [3.0], 6.0, [2.0], [0.0]),
    ("where, 1/x not taken", lambda x: where(x > 0, 1 / x, x * x), [0.0], 0.0, [0.0], [2.0]),
    ("where, both hold poles", lambda x: where(x > 0, 1 / x, sqrt(x)) * 0.0 + x, [4.0], 4.0, [1.0], [0.0]),
    ("where, 0/0 not taken", lambda x: where(x > 0, sin(x) / x, 1.0), [0.0], 1.0, [0.0], [0.0]),
    ("where, overflow not taken", lambda x: where(x > 100, x, exp(x)), [1000.0], 1000.0, [1.0], [0.0]),
    ("relu of log(0)", lambda x: relu(log(x)), [0.0], 0.0, [0.0], [0.0]),
    ("root of a relu", lambda x: sqrt(relu(x)) + x, [-1.0], -1.0, [1.0], [0.0]),
    ("relu6 of a pole", lambda x: autograd.relu6(1 / x) + x, [0.0], 6.0, [1.0], [0.0]),
    ("hardtanh of log(0)", lambda x: autograd.hardtanh(log(x)) + x, [0.0], -1.0, [1.0], [0.0]),
    ("relu of log(0), shared", lambda x: relu(log(x)) + x * x, [0.0], 0.0, [0.0], [2.0]),
    ("relu of a negative root", lambda x: relu(-1 / x) + x, [0.0], 0.0, [1.0], [0.0]),
    ("maximum", lambda x, y: maximum(x, log(y)), [2.0, 0.0], 2.0, [1.0, 0.0], [0.0, 0.0]),
    ("minimum", lambda x: minimum(exp(x), 5 - x), [1000.0], -995.0, [-1.0], [0.0]),
    ("clip", lambda x: autograd.clip(log(x), -10, 10) + 3 * x, [0.0], -10.0, [3.0], [0.0]),
    ("max", lambda x, y: autograd.max([x, log(y), -1.0]), [2.0, 0.0], 2.0, [1.0, 0.0], [0.0, 0.0]),
    ("norm of zeros", lambda x, y: autograd.norm([x, y]) * 0.0, [0.0, 0.0], 0.0, [0.0, 0.0], None),
    ("atan2 at the origin", lambda x, y: where(x > 0, autograd.atan2(x, y), 0.0), [0.0] * 2, 0.0, [0.0] * 2, [0.0] * 2),
    ("deep", lambda x: where(x > 0, exp(log(sqrt(x))) ** 0.5 / x, 0.0), [0.0], 0.0, [0.0], [0.0]),
]
each_branch = pytest.mark.parametrize(
    ("f", "point", "value", "gradient", "second"),
    [case[1:] for case in DEAD_BRANCHES],
    ids=[case[0] for case in DEAD_BRANCHES],
)


@each_branch
def test_a_branch_not_taken_contributes_nothing(
    f: Callable[..., Any], point: list[float], value: float, gradient: list[float], second: list[float] | None
) -> None:
    """In one backward pass, which does not refuse it either; and seen through further levels of transforms."""
    leaves = [Value(x) for x in point]
    out = f(*leaves)
    assert same(out.data, value)
    out.backward()
    assert [leaf.grad for leaf in leaves] == gradient
    positions = range(len(point))
    through = f
    for _ in range(3):
        assert value_and_grad(through, positions)(*point) == (value, tuple(gradient))
        through = lambda *xs, inner=through: value_and_grad(inner, positions)(*xs)[0]  # noqa: E731
    if second is not None:
        table = hessian(lambda xs: f(*xs))(point)
        assert [table[i][i] for i in positions] == second


@each_branch
def test_a_branch_not_taken_contributes_nothing_by_hand(
    f: Callable[..., Any], point: list[float], value: float, gradient: list[float], second: list[float] | None
) -> None:
    """Each node's own `_backward`, leaves' too, from the root back as in micrograd: the closures follow the policy."""
    leaves = [Value(x) for x in point]
    order: list[Value] = []
    seen: set[int] = set()

    def visit(node: Value) -> None:
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node._prev:
                visit(parent)
            order.append(node)

    root = f(*leaves)
    visit(root)
    root.grad = 1.0
    for node in reversed(order):
        node._backward()
    assert [leaf.grad for leaf in leaves] == gradient


# (what it shows, function, point, the operation whose slope is not finite, the slope that is 0, part of the advice)
INDETERMINATE: list[tuple[str, Callable[..., Any], list[float], str, str, str]] = [
    ("sqrt(x)**2", lambda x: sqrt(x) ** 2, [0.0], "sqrt", "x.sqrt() ** 2.0", "x instead of sqrt(x) ** 2"),
    ("sqrt(x)**4", lambda x: sqrt(x) ** 4, [0.0], "sqrt", "x.sqrt() ** 4.0", "x ** 2 instead of sqrt(x) ** 4"),
    ("sqrt·sqrt", lambda x: sqrt(x) * sqrt(x), [0.0], "sqrt", "", "x instead of sqrt(x) ** 2"),
    ("1/(1/x)", lambda x: 1 / (1 / x), [0.0], "truediv", "", "x instead of 1 / (1 / x)"),
    ("exp(log x)", lambda x: exp(log(x)), [0.0], "log", "x.log().exp()", "x instead of exp(log(x))"),
    (
        "softplus(log x)",
        lambda x: autograd.softplus(log(x)),
        [0.0],
        "log",
        "x.log().softplus()",
        "log1p(x) instead of softplus",
    ),
    (
        "logsumexp",
        lambda x: autograd.logsumexp([log(x), 0.0]),
        [0.0],
        "log",
        "logsumexp([x.log(), 0.0])",
        "log_softmax",
    ),
    (
        "logaddexp",
        lambda x, y: autograd.logaddexp(x, log(y)),
        [2.0, 0.0],
        "log",
        "logaddexp(x, y.log())",
        "log_softmax",
    ),
    ("acos²", lambda x: autograd.acos(x) ** 2, [1.0], "acos", "x.acos() ** 2.0", "x instead of cos(acos(x))"),
    ("cos(acos x)", lambda x: autograd.cos(autograd.acos(x)), [1.0], "acos", "x.acos().cos()", "x instead of cos"),
    ("tanh(atanh x)", lambda x: tanh(autograd.atanh(x)), [1.0], "atanh", "x.atanh().tanh()", "x instead of tanh"),
    ("softmax of logs", lambda p, q: autograd.softmax([log(p), log(q)])[0], [0.0, 1.0], "log", "", "log_softmax or"),
    ("times 0", lambda x: sqrt(x) * 0.0, [0.0], "sqrt", "x.sqrt() * 0.0", "sqrt(x + 1e-12)"),
    ("0 times", lambda x: x * 0 * sqrt(x), [0.0], "sqrt", "", "sqrt(x + 1e-12)"),
    ("a zero far above", lambda x: 0.0 * (sqrt(x) * 2 + 1).tanh(), [0.0], "sqrt", "0.0 * ", "sqrt(x + 1e-12)"),
    ("a zero of −0", lambda x: autograd.cos(sqrt(x)), [0.0], "sqrt", "x.sqrt().cos()", "sqrt(x + 1e-12)"),
    ("0·nan", lambda x, y: autograd.atan2(x, y) * 0.0, [0.0, 0.0], "atan2", "* 0.0", "keep the point away"),
    ("a constant that is not chosen", lambda x: maximum(sqrt(x), 0.0) ** 2, [0.0], "sqrt", "", "sqrt(x + 1e-12)"),
    ("relu at its kink", lambda x: relu(sqrt(x)) ** 2, [0.0], "sqrt", "", "sqrt(x + 1e-12)"),
    ("relu6 at its kink", lambda x: (6 - autograd.relu6(6 + sqrt(x))) ** 2, [0.0], "sqrt", "", "sqrt(x + 1e-12)"),
    (
        "hardtanh at its bound",
        lambda x: (1 - autograd.hardtanh(1 - sqrt(x))) ** 2,
        [0.0],
        "sqrt",
        "",
        "sqrt(x + 1e-12)",
    ),
    ("copysign at 0", lambda x: autograd.copysign(sqrt(x), 1.0) ** 2, [0.0], "sqrt", "", "sqrt(x + 1e-12)"),
    ("beside a branch not taken", lambda x: where(x > 0, log(x), sqrt(x) ** 2), [0.0], "sqrt", "", "sqrt(x + 1e-12)"),
]


@pytest.mark.parametrize(
    ("f", "point", "operation", "zero", "advice"),
    [case[1:] for case in INDETERMINATE],
    ids=[case[0] for case in INDETERMINATE],
)
def test_a_computed_zero_that_meets_an_infinite_slope_is_refused(
    f: Callable[..., Any], point: list[float], operation: str, zero: str, advice: str
) -> None:
    """In every interpreter, and nan where it is let through: the limit may be anything."""
    leaves = [Value(x, label=label) for x, label in zip(point, "xy", strict=False)]
    out = f(*leaves)
    with pytest.raises(NonFiniteError) as refusal:
        out.backward()
    assert (refusal.value.operation, advice in str(refusal.value)) == (operation, True)
    assert "the gradient that arrives there is 0" in str(refusal.value)
    assert zero in next(line for line in str(refusal.value).splitlines() if line.startswith("  the zero"))
    assert not any(leaf.has_grad for leaf in leaves)
    out.backward(allow_nonfinite=True)
    expected = [leaf.grad for leaf in leaves]
    assert any(map(math.isnan, expected))
    positions = range(len(point))
    through = f
    for _ in range(3):
        with pytest.raises(NonFiniteError):
            value_and_grad(through, positions)(*point)
        assert agree(value_and_grad(through, positions, allow_nonfinite=True)(*point)[1], expected)
        through = lambda *xs, inner=through: value_and_grad(inner, positions, allow_nonfinite=True)(*xs)[0]  # noqa: E731
    for dtype, options, rows in itertools.product(("float64", "float32"), ({}, {"passes": ()}), (1, 3)):
        program = autograd.compile(f, dtype=dtype, **options)
        batch = [np.full(rows, x) for x in point]
        with pytest.raises(NonFiniteError, match=f" {operation}|x.{operation}|1.0 / "):
            program.input_grad(*batch)
        found = program.input_grad(*batch, allow_nonfinite=True)
        for column, number in zip([found] if len(point) == 1 else found, expected, strict=True):
            assert agree(column.tolist(), [number] * rows)


def test_an_operand_that_is_never_chosen_is_so_while_recording_too() -> None:
    """The slope of copysign in its sign is the plain number 0, at whatever row."""
    slopes = autograd.compile(grad(autograd.copysign, (0, 1)))
    assert [x.tolist() for x in slopes(np.array([2.0, -3.0]), np.array([-1.0, 0.5]))] == [[-1.0, -1.0], [0.0, 0.0]]


@pytest.mark.parametrize("x", [1e-310, -1e-310, 0.0, math.inf, math.nan])
def test_a_power_of_zero_has_slope_zero_everywhere(x: float) -> None:
    """As in PyTorch: 1e-310 ** -1 is infinite, and 0 times that is no number."""
    for exponent in (0.0, Value(0.0)):
        base = Value(x)
        (base**exponent).backward(allow_nonfinite=True)
        assert (base.grad, (base**exponent).data) == (0.0, 1.0)
    assert autograd.hessian(lambda v: v[0] ** v[1])([2.0, 0.0]) == [[0.0, 0.5], [0.5, math.log(2.0) ** 2]]


def test_zero_times_the_logarithm_of_infinity() -> None:
    assert autograd.xlogy(0.0, math.inf) == autograd.xlogy(Value(0.0), math.inf).data == 0.0
    assert math.isnan(autograd.xlogy(0.0, math.nan))


def test_a_product_with_zero_at_infinity() -> None:
    """x·0 at inf is nan by IEEE; its slope, 0, is not."""
    leaf = Value(INF)
    out = leaf * 0.0
    out.backward(allow_nonfinite=True)
    assert (math.isnan(out.data), leaf.grad) == (True, 0.0)
    value, slope = value_and_grad(lambda x: x * 0.0, allow_nonfinite=True)(INF)
    assert (math.isnan(value), slope) == (True, 0.0)


# (function, point, derivatives of order 0, 1, 2, …): a gradient of 0 that has derivatives of its own
ZEROS_THAT_GO_ON: list[tuple[str, Callable[[Any], Any], float, list[float]]] = [
    ("sin²", lambda x: sin(x) ** 2, 0.0, [0, 0, 2, 0, -8, 0, 32]),
    ("sin·sin", lambda x: sin(x) * sin(x), 0.0, [0, 0, 2, 0, -8, 0, 32]),
    ("x³", lambda x: x**3, 0.0, [0, 0, 0, 6, 0, 0]),
    ("x·x·x", lambda x: x * x * x, 0.0, [0, 0, 0, 6, 0, 0]),
    ("x⁵", lambda x: x**5, 0.0, [0, 0, 0, 0, 0, 120, 0]),
    ("(x³)²", lambda x: (x**3) ** 2, 0.0, [0, 0, 0, 0, 0, 0, 720]),
    ("cos", autograd.cos, 0.0, [1, 0, -1, 0, 1, 0, -1]),
    ("exp(x²)", lambda x: exp(x * x), 0.0, [1, 0, 2, 0, 12, 0]),
    ("relu(x)² above", lambda x: relu(x) ** 2, 2.0, [4, 4, 2, 0]),
    ("prod", lambda x: autograd.prod([x, x, x]), 0.0, [0, 0, 0, 6, 0]),
    ("dot", lambda x: autograd.dot([x, x], [x, x]), 0.0, [0, 0, 4, 0]),
    ("where", lambda x: where(x < 1, x * x, log(x)), 0.0, [0, 0, 2, 0]),
    ("log(1 + x²)", lambda x: log(1 + x * x), 0.0, [0, 0, 2, 0, -12]),
    ("where, beside a pole", lambda x: where(x >= 0, x * x, log(x)), 0.0, [0, 0, 2, 0]),
]


@pytest.mark.parametrize(
    ("f", "x", "expected"), [case[1:] for case in ZEROS_THAT_GO_ON], ids=[case[0] for case in ZEROS_THAT_GO_ON]
)
def test_a_zero_gradient_keeps_its_own_derivatives(f: Callable[[Any], Any], x: float, expected: list[float]) -> None:
    """A term may be dropped only where the local derivative is not finite."""
    found = []
    for _ in expected:
        found.append(f(x))
        f = grad(f)
    assert agree(found, expected, 1e-14)


@pytest.mark.parametrize("x", [0.0, -1.0, 1.0])
def test_a_branch_not_taken_at_every_order(x: float) -> None:
    f: Callable[[Any], Any] = lambda x: where(x > 0, sqrt(x), 0.0) + where(x > 0, 0.0, x * x)  # noqa: E731
    expected = [1.0, 0.5, -0.25, 0.375] if x > 0 else [x * x, 2 * x, 2.0, 0.0]
    for order in expected:
        assert f(x) == order
        f = grad(f)
