"""A compiled function gives what the eager one gives: random graphs, and random layers that re-roll, with any passes.

The expected numbers are the eager engine's: that is the property. Single rules are in ``test_compiled_numbers.py``,
networks and edges in ``test_compiled_losses.py``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd import RULES, Value, dot, grad, hessian, maximum, no_grad, relu, sin, tanh, where
from autograd.compiler import PASSES, verify
from autograd.compiler.passes import CAREFUL

# Derandomized: the same graphs at each run, so that a change that breaks nothing breaks no test.
checked = settings(deadline=None, derandomize=True, max_examples=100, suppress_health_check=list(HealthCheck))

# ── what is compared, and how ───────────────────────────────────────────────────────────────────────────────────────


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


def flat(tree: Any) -> list[float]:
    """The numbers of a structure of Values, floats and arrays, in order."""
    if isinstance(tree, (list, tuple, dict)):
        return [x for part in (tree.values() if isinstance(tree, dict) else tree) for x in flat(part)]
    return [number_of(x) for x in tree.ravel()] if isinstance(tree, np.ndarray) else [number_of(tree)]


def row_of(tree: Any, i: int) -> Any:
    """Row i of a batch's result: of each array in it."""
    if isinstance(tree, dict):
        return {key: row_of(part, i) for key, part in tree.items()}
    return [row_of(part, i) for part in tree] if isinstance(tree, (list, tuple)) else tree[i]


def agree(got: Any, expected: Any, relative: float = 1e-10, scale: float = 0.0) -> bool:
    """To rounding, relative to the largest of them (terms of that size may have cancelled), or to ``scale``."""
    one, other = flat(got), flat(expected)
    size = relative * max([scale, *(abs(x) for x in other if math.isfinite(x))])
    return len(one) == len(other) and all(
        a == b or (a != a and b != b) or abs(a - b) <= size for a, b in zip(one, other, strict=True)
    )


def gradients(out: Any, leaves: Sequence[Value], parameters: Sequence[Value], **options: Any) -> tuple[Any, Any]:
    for leaf in (*leaves, *parameters):
        leaf.grad = 0.0
    if isinstance(out, Value):
        out.backward(**options)
    return [leaf.grad for leaf in leaves], [parameter.grad for parameter in parameters]


def of_parameters(program: Any, gradient: Any, parameters: Sequence[Value]) -> list[float]:
    """The gradient in this order of parameters; 0 in those that f does not use."""
    found = {id(parameter): x for parameter, x in zip(program.parameters, gradient.tolist(), strict=True)}
    return [found.get(id(parameter), 0.0) for parameter in parameters]


def check(
    f: Callable[[list[Any]], Any],
    rows: Sequence[Any],
    parameters: Sequence[Value] = (),
    passes: Any = PASSES,
    **how: Any,
) -> None:
    """f of a list of numbers: its values, and if it is one number its gradients, on the batch and on each row alone.

    On the batch twice, in two orders: a second call finds the memory as the first left it.
    """
    program = autograd.compile(lambda xs: f(list(xs)), passes=passes)
    batch, n = np.array(rows, dtype=float), len(rows)
    scalar, expected, slopes, totals = True, [], [], [0.0] * len(parameters)
    for row in rows:
        leaves = [Value(x) for x in row]
        out = f(leaves)
        expected.append(flat(out))
        scalar = not isinstance(out, (list, tuple, dict))
        if scalar:
            of_inputs, of_those = gradients(out, leaves, parameters, allow_nonfinite=True)
            slopes.append(of_inputs)
            totals = [total + x / n for total, x in zip(totals, of_those, strict=True)]
            if n > 1 and len(slopes) == 1:
                value, gradient = program.value_and_grad(batch[0], **how)
                assert agree(program(batch[0]), expected[0], scale=1.0)
                assert agree(value, expected[0], scale=1.0)
                assert agree(of_parameters(program, gradient, parameters), of_those, scale=1.0), program
                assert agree(program.input_grad(batch[0], **how), of_inputs, scale=1.0), program
    for order in (range(n), range(n)[::-1]):
        result = program(batch[order])
        for i, which in enumerate(order):
            assert agree(row_of(result, i), expected[which], scale=1.0), program
        if scalar:
            value, gradient = program.value_and_grad(batch[order], parameters=program.read(), **how)
            assert agree(value, sum(x for (x,) in expected) / n, scale=max(1.0, *map(abs, flat(expected))))
            assert agree(of_parameters(program, gradient, parameters), totals, scale=1.0), program
            found = program.input_grad(batch[order], **how)
            assert all(agree(found[i], slopes[which], scale=1.0) for i, which in enumerate(order)), program


def check_whole(f: Callable[[], Any], parameters: Sequence[Value], passes: Any = PASSES, scale: float = 1.0) -> Any:
    """f without inputs: the value and the gradient; again with other parameters, which the same program takes."""
    program = autograd.compile(f, passes=passes)
    before = [parameter.data for parameter in parameters]
    for factor in (1.0, 1.0, 0.9):
        for parameter, number in zip(parameters, before, strict=True):
            parameter.data = factor * number
        out = f()
        value, gradient = program.value_and_grad()
        assert agree(value, out, scale=1.0), program
        assert agree(of_parameters(program, gradient, parameters), gradients(out, [], parameters)[1], scale=scale)
    for parameter, number in zip(parameters, before, strict=True):
        parameter.data = number
    return program


# ── random graphs of scalars ────────────────────────────────────────────────────────────────────────────────────────


def folded(choose: Callable[[Any, Any], Any]) -> Callable[[Sequence[Any]], Any]:
    def chain(xs: Sequence[Any]) -> Any:
        out = xs[0]
        for x in xs[1:]:
            out = choose(x, out)
        return out

    return chain


def without_recording(xs: Sequence[Any]) -> Any:
    with no_grad():
        return tanh(xs[0]) * xs[1]


def sum_of_products(xs: Sequence[Any]) -> Any:
    half = len(xs) // 2
    return sum((a * b for a, b in zip(xs[:half], xs[half:], strict=False)), xs[-1])


def public(name: str) -> Callable[[Sequence[Any]], Any]:
    def apply(xs: Sequence[Any]) -> Any:
        if not RULES[name].sequences:
            return getattr(autograd, name)(*xs)
        size = len(xs) // len(RULES[name].operands)
        return getattr(autograd, name)(*(xs[i : i + size] for i in range(0, len(xs), size)))

    return apply


# What is not a rule: (how many operands, 0 for any number; the function)
OTHERS: dict[str, tuple[int, Callable[[Sequence[Any]], Any]]] = {
    "a < b": (4, lambda xs: where(xs[0] < xs[1], xs[2], xs[3])),
    "(a <= b) & (b > c)": (4, lambda xs: where((xs[0] <= xs[1]) & (xs[1] > xs[2]), xs[2], xs[3])),
    "(a >= b) | (a < d)": (4, lambda xs: where((xs[0] >= xs[1]) | (xs[0] < xs[3]), xs[2], xs[3])),
    "detach": (1, lambda xs: xs[0].detach() if isinstance(xs[0], Value) else xs[0]),
    "no_grad": (2, without_recording),
    "sum()": (0, sum),
    "a + (b + …)": (0, folded(lambda a, b: a + b)),
    "a * (b * …)": (0, folded(lambda a, b: a * b)),
    "maximum of maxima": (0, folded(maximum)),
    "minimum of minima": (0, folded(autograd.minimum)),
    "Σ ab + c": (0, sum_of_products),
    "softmax": (0, lambda xs: autograd.softmax(xs)[len(xs) // 2]),
    "log_softmax": (0, lambda xs: autograd.log_softmax(xs)[0]),
    "pick": (4, lambda xs: autograd.pick(xs[1:], where(xs[0] > 0.0, 2.0, where(xs[1] > 0.0, 1.0, 0.0)))),
    "pick of rows": (0, lambda xs: autograd.pick([xs[:1], xs[-1:], xs[:1]], where(xs[0] < 1.0, 1.0, 2.0))[0]),
    "grad": (2, lambda xs: grad(lambda t: tanh(t) * xs[1] * t)(xs[0])),
    "hessian": (2, lambda xs: hessian(lambda t: tanh(t[0] * t[1]) * t[0])([xs[0], xs[1]])[0][1]),
}
STEPS = {name: (0 if made.sequences else len(made.operands), public(name)) for name, made in RULES.items()} | OTHERS
NAMES = [*STEPS, *OTHERS]  # the others twice as often
# What gives whole numbers on whole numbers: there a tie is a tie in every order of computing.
EXACT = {
    "add",
    "sub",
    "mul",
    "neg",
    "abs",
    "sign",
    "maximum",
    "minimum",
    "relu",
    "clip",
    "where",
    "sum",
    "max",
    "min",
    "prod",
    "dot",
    "detach",
    "sum()",
    *list(OTHERS)[:3],
    *list(OTHERS)[6:11],
}
STRUCTURES: dict[str, Callable[[list[Any]], Any]] = {
    "one": lambda xs: xs[0],
    "list": lambda xs: xs,
    "tuple": tuple,
    "dict": lambda xs: {str(i): x for i, x in enumerate(xs)},
    "nested": lambda xs: {"a": [xs[0], xs[-1]], "b": (xs[-1], {"c": xs})},
}


@dataclass(frozen=True)
class Graph:
    """Places are numbered: inputs, parameters, constants, then a place for each step, (name, places of operands)."""

    rows: tuple[tuple[float, ...], ...]
    parameters: tuple[float, ...]
    constants: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]
    structure: str
    outputs: tuple[int, ...]

    def build(self, inputs: Sequence[Any], parameters: Sequence[Any]) -> Any:
        nodes = [*inputs, *parameters, *self.constants]
        for name, places in self.steps:
            nodes.append(STEPS[name][1]([nodes[place] for place in places]))
        return STRUCTURES[self.structure]([nodes[place] for place in self.outputs])


class Builder:
    """Adds steps as long as they are tame: not large, not steep, and at a kink only where the tie is exact."""

    def __init__(self, columns: list[list[float]]) -> None:
        self.columns = columns
        self.exact = [all(x == round(x) for x in column) for column in columns]
        self.amplification = [[1.0] * len(column) for column in columns]
        self.steps: list[tuple[str, tuple[int, ...]]] = []

    def add(self, name: str, places: tuple[int, ...]) -> bool:
        exact = all(self.exact[place] for place in places)
        column, amplification = [], []
        for row in range(len(self.columns[0])):
            numbers = {place: self.columns[place][row] for place in places}
            if not exact and self.near_a_kink(numbers):
                return False
            leaves = [Value(numbers[place]) for place in places]
            if name == "clip" and leaves[1].data > leaves[2].data:
                return False  # where both are constants it is refused
            out = STEPS[name][1](leaves)
            out.backward(allow_nonfinite=True)
            steep = 1.0 + sum(abs(x.grad) * self.amplification[p][row] for x, p in zip(leaves, places, strict=True))
            if not abs(out.data) < 20 or not steep < 1e3:
                return False
            column.append(out.data)
            amplification.append(steep)
        self.steps.append((name, places))
        self.columns.append(column)
        self.amplification.append(amplification)
        self.exact.append(exact and name in EXACT and all(x == round(x) for x in column))
        return True

    def near_a_kink(self, numbers: dict[int, float]) -> bool:
        found = list(numbers.values())
        beside = [0.0, 1.0, -1.0, 0.5]
        return any(abs(a - b) < 1e-6 for i, a in enumerate(found) for b in [*found[:i], *beside])


@st.composite
def graphs(draw: st.DrawFn, largest: int = 30) -> Graph:
    """Operands are often a recent node, sometimes any, sometimes one node twice. Whole numbers are frequent: ties."""
    number = st.one_of(st.integers(-3, 3).map(float), st.integers(-300, 300).map(lambda i: i / 128 + 0.001))
    inputs, rows = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    table = [tuple(draw(number) for _ in range(inputs)) for _ in range(rows)]
    table[-1] = table[0] if draw(st.booleans()) else table[-1]
    parameters, constants = draw(st.lists(number, max_size=4)), draw(st.lists(number, max_size=3))
    columns = [list(column) for column in zip(*table, strict=True)]
    builder = Builder(columns + [[x] * rows for x in (*parameters, *constants)])
    size = draw(st.integers(0, largest))
    for seed in draw(st.lists(st.integers(0, 2**32 - 1), min_size=size, max_size=size)):
        source = random.Random(seed)
        name, count = source.choice(NAMES), len(builder.columns)
        arity = STEPS[name][0] or source.randint(1, 3) * 2
        recent = lambda n=count, s=source: max(0, n - 1 - int(s.expovariate(0.25)))  # noqa: E731
        places = tuple(recent() if source.random() < 0.7 else source.randrange(count) for _ in range(arity))
        if not builder.add(name, places):
            builder.add("tanh", places[:1])
    count = len(builder.columns)
    structure = draw(st.sampled_from(["one", "one", *STRUCTURES]))
    outputs = [max(0, count - 1 - back) for back in draw(st.lists(st.integers(0, count), min_size=1, max_size=4))]
    outputs[0] = count - 1 if structure == "one" and draw(st.integers(0, 9)) else outputs[0]
    return Graph(tuple(table), tuple(parameters), tuple(constants), tuple(builder.steps), structure, tuple(outputs))


NEEDS = {"dots": {"flatten"}, "matmul": {"flatten", "dots", "levels"}}


def legal(chosen: Sequence[Any]) -> tuple[Any, ...]:
    """Those of the passes whose needs are chosen, too."""
    names = {each.__name__ for each in chosen}
    return tuple(each for each in chosen if NEEDS.get(each.__name__, set()) <= names)


some_passes = st.one_of(
    st.just(PASSES),
    st.just(CAREFUL),
    st.integers(0, len(PASSES)).map(lambda n: PASSES[:n]),
    st.sets(st.sampled_from(range(len(PASSES)))).map(lambda chosen: legal([PASSES[i] for i in sorted(chosen)])),
)


@given(graphs(), some_passes)
@settings(checked, max_examples=250)
def test_random_graphs(graph: Graph, passes: Any) -> None:
    parameters = [Value(x) for x in graph.parameters]
    check(lambda xs: graph.build(xs, parameters), graph.rows, parameters, passes)


@given(graphs(largest=15), some_passes, st.integers(0, 2**32))
@checked
def test_random_graphs_written_over_a_data_set(graph: Graph, passes: Any, seed: int) -> None:
    """The same graph again and again in one sample: its copies become lanes. With constants and with inputs as data."""
    parameters, source = [Value(x) for x in graph.parameters], random.Random(seed)
    rows = (graph.rows * 12)[: source.randint(9, 14)]
    weights = [source.randint(-2, 2) / 2 for _ in rows]
    width, one = len(rows[0]), lambda xs: flat_values(graph.build(xs, parameters))[0]

    def total(data: Sequence[Sequence[Any]]) -> Any:
        return sum(w * one(list(x)) for w, x in zip(weights, data, strict=True)) / len(rows)

    check_whole(lambda: total(rows), parameters, passes, scale=10.0)
    together = [x for row in rows for x in row]
    check(lambda xs: total([xs[i : i + width] for i in range(0, len(xs), width)]), [together] * 2, parameters, passes)


def flat_values(tree: Any) -> list[Any]:
    """The leaves of a structure, as they are."""
    if isinstance(tree, (list, tuple, dict)):
        return [x for part in (tree.values() if isinstance(tree, dict) else tree) for x in flat_values(part)]
    return [tree]


@given(graphs(), some_passes)
@checked
def test_every_pass_leaves_a_legal_program(graph: Graph, passes: Any) -> None:
    parameters = [Value(x) for x in graph.parameters]
    program = autograd.compile(lambda xs: graph.build(list(xs), parameters), passes=()).record(np.array(graph.rows))
    made = verify(program.programs[0])
    for each in passes:
        made = verify(each(made))
    again = autograd.compile(lambda xs: graph.build(list(xs), parameters), passes=passes).record(np.array(graph.rows))
    assert again.programs[0] == made


# ── random layers ───────────────────────────────────────────────────────────────────────────────────────────────────

Vector = list[Any]


class Net:
    """Parameters handed out in the order in which they are asked for: the same ones at each call of the function."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)
        self.parameters: list[Value] = []

    def start(self) -> None:
        self.used, self.weights = 0, []

    def new(self, count: int) -> Vector:
        while len(self.parameters) < self.used + count:
            self.parameters.append(Value(self.source.uniform(-1, 1)))
        self.used += count
        return self.parameters[self.used - count : self.used]

    def matrix(self, rows: int, columns: int) -> list[Vector]:
        self.weights.append([self.new(columns) for _ in range(rows)])
        return self.weights[-1]


# Each layer takes the net, its vector, another vector, and a number that chooses among its variants.


def dense(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    rows, biases = net.matrix(1 + k % 5, len(h)), net.new(1 + k % 5)
    activation = [lambda x: x, tanh, relu, autograd.sigmoid][k % 4]
    product = [dot, lambda row, h: 0.5 * dot(row, h), lambda row, h: sum(w * x for w, x in zip(row, h, strict=True))]
    return [activation(product[k % 3](row, h) + b) for row, b in zip(rows, biases, strict=True)]


def transposed(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    rows = (net.weights or [net.matrix(3, 4)])[k % (len(net.weights) or 1)]
    return [dot([rows[j % len(rows)][i % len(rows[0])] for j in range(len(h))], h) for i in range(1 + k % 6)]


def convolution(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    size, step = min(len(h), 2 + k % 2), 1 + k % 3
    kernel, bias = net.new(size), net.new(1)[0] if k % 5 else 0.0
    return [dot(kernel, h[i : i + size]) + bias for i in range(0, len(h) - size + 1, step)]


def partly_constant(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    fixed = [{len(h) - 1: 1.0}, {0: 1.0, 2: -0.5}, {i: [0.0, 1.0, 0.25][i % 3] for i in range(len(h))}][k % 3]
    rows = [[fixed.get(i, w) for i, w in enumerate(net.new(len(h)))] for _ in range(1 + k % 4)]
    return [dot(row, h) for row in rows]


def attention(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    size = 1 + k % 3
    queries, keys = ([xs[i : i + size] for i in range(0, len(xs) - size + 1, size)][:4] for xs in (h, other))
    shares = [autograd.softmax([dot(query, key) for key in keys]) for query in queries if keys]
    return [dot(share, column) for share in shares for column in zip(*keys, strict=True)] or h


def taken(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    places = [range(0, len(h), 2), range(len(h))[::-1], [(k * i + i) % len(h) for i in range(1 + k % 11)]][k % 3]
    return [h[i] for i in places]


def gated(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    partner = [other[i * (1 + k % 2) % len(other)] for i in range(len(h))]
    return [where((a > 0.2) & (b < 0.9), a * b, 0.3 * a - b) for a, b in zip(h, partner, strict=True)]


PAIRS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a / (1.5 + b * b),
    lambda a, b: 0.3 * a + 0.7 * b + 0.1,
    lambda a, b: autograd.prod([a, b, 0.5 * a, b + 1.0]),
    lambda a, b: maximum(a, b + 0.01),
    lambda a, b: autograd.hypot(a, b + 3.0),
    autograd.logaddexp,
]


def partnered(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    partner = other[:1] * len(h) if k % 3 == 0 else [other[i % len(other)] for i in range(len(h))]
    return [PAIRS[k % len(PAIRS)](a, b) for a, b in zip(h, partner, strict=True)]


SINGLES: list[Callable[[Any], Any]] = [
    *(tanh, sin, relu, autograd.abs, autograd.softplus),
    lambda x: x**2,
    lambda x: x / 3.0,
    lambda x: 1 / (1.5 + x * x),
    lambda x: 1.0 * x + 0.0,
    lambda x: sum(c * x**i for i, c in enumerate([0.5, 1.0, -1.0, 0.25])),
    lambda x: autograd.clip(x, -0.7, 0.9),
    lambda x: autograd.leaky_relu(x, slope=0.1),
    lambda x: maximum(0.25, x),
    lambda x: where(x > 0.25, x, -0.5),
    lambda x: grad(lambda t: tanh(t) * t)(x),
    lambda x: (x.detach() if isinstance(x, Value) else x) * x,
    lambda x: autograd.pick([x, 2.0 * x], 1),
]


def each_alone(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    return [SINGLES[k % len(SINGLES)](x) for x in h]


def in_groups(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    groups = [h[i : i + 2 + k % 3] for i in range(0, len(h), 2 + k % 3)]
    many = [
        lambda xs: autograd.max([x + 0.01 * i for i, x in enumerate(xs)]),  # what is computed twice may tie here alone
        autograd.logsumexp,
        autograd.norm,
        autograd.mean,
        autograd.prod,
        sum,
    ]
    if k % 7 == 0:
        return [y for group in groups for y in autograd.softmax(group)]
    return [many[k % 7 - 1](group) for group in groups]


def beside(net: Net, h: Vector, other: Vector, k: int) -> Vector:
    return h + other if k % 3 else [0.3 * a * b for a in h[:5] for b in other[:5]]


LAYERS = [dense, dense, transposed, convolution, convolution, partly_constant, attention, taken, gated, partnered]
LAYERS += [partnered, each_alone, each_alone, in_groups, beside]
LOSSES: list[Callable[[Vector], Any]] = [
    *(sum, autograd.logsumexp),
    lambda h: autograd.mean([x * x for x in h]),
    lambda h: -autograd.log_softmax(h)[0],
    lambda h: autograd.prod([1 + 0.1 * x for x in h[:6]]) + autograd.norm(h),
]


@st.composite
def stacks(draw: st.DrawFn) -> Callable[[Net, Vector], Vector]:
    """A function of a vector: layers, each of the one before, or of any before, beside another."""
    numbers = st.integers(0, 500)
    plan = draw(st.lists(st.tuples(st.sampled_from(LAYERS), numbers, numbers, numbers), min_size=1, max_size=8))

    def run(net: Net, xs: Vector) -> Vector:
        made = [xs]
        net.start()
        for layer, of, another, k in plan:
            made.append(layer(net, made[-1 if of % 3 else of % len(made)][:30], made[another % len(made)][:30], k))
        return made[-1]

    return run


def random_layers(stack: Any, width: int, rows: int, seed: int, loss: Any, passes: Any) -> None:
    """As a function of a sample, and over a whole data set: values of every output, and gradients of a loss."""
    net, source = Net(seed), random.Random(seed)
    ends = [-1.0, 0.0, 1.0]
    table = [[source.choice([*ends, *[source.uniform(-1.5, 1.5)] * 6]) for _ in range(width)] for _ in range(rows)]

    def one(xs: Vector) -> Any:
        return loss([tanh(x) for x in stack(net, xs)])

    one(table[0])  # which makes the parameters
    check(lambda xs: stack(net, xs), table, (), passes)
    check(one, table, net.parameters, passes)
    data = table * source.choice([1, 2, 5])
    targets = [source.choice([0.0, 1.0, 0.5]) for _ in data]
    pairs = list(zip(data, targets, strict=True))
    check_whole(lambda: sum((one(x) - y) ** 2 for x, y in pairs) / len(data), net.parameters, passes)


some_layers = given(
    stacks(),
    st.one_of(st.integers(1, 16), st.just(70)),
    st.integers(1, 4),
    st.integers(0, 2**32),
    st.sampled_from(LOSSES),
    some_passes,
)
test_random_layers = settings(checked, max_examples=40)(some_layers(random_layers))
test_more_random_layers = pytest.mark.long(settings(checked, max_examples=250)(some_layers(random_layers)))


def test_a_call_that_is_made_once_for_both_has_the_rows_of_both() -> None:
    """A slope in a parameter is asked for with rows, and without: two results, though the operands are the same."""
    w = Value(-2.0)

    def f(xs: list[Any]) -> Any:
        return dot([autograd.fmod(autograd.exp2(xs[0]), w), autograd.fmod(0.7, w)], [0.7, -3.0])

    check(f, [[-3.0], [0.5], [0.4]], [w])
