"""The contract at the edges and the worked values: written by hand here, measured in PyTorch by `make_reference.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

import torch


@dataclass(frozen=True)
class Edge:
    """One point of the contract. A gradient of None marks a constant: a plain number that is not differentiated."""

    operation: str
    operands: list[Any]
    value: float
    gradient: list[Any]
    parameters: dict[str, Any] = field(default_factory=dict)


EDGES: dict[str, list[Edge]] = {
    "relu(0)": [Edge("relu", [0.0], 0, [0])],
    "relu(nan)": [Edge("relu", [nan], nan, [nan])],
    "abs(0)": [Edge("abs", [0.0], 0, [0])],
    "sign′, floor-like": [Edge("sign", [x], s, [0]) for x, s in [(2.5, 1), (-2.5, -1), (0.0, 0)]],
    "maximum(a, b) at a tie (minimum alike)": [
        Edge(name, [x, x], x, [0.5, 0.5]) for name in ("maximum", "minimum") for x in (2.5, 0.0)
    ],
    "max of [2, 2, 1]": [Edge("max", [[2.0, 2.0, 1.0]], 2, [[0.5, 0.5, 0]])],
    "clip(x, lo, hi) at a bound": [Edge("clip", [x, -1.5, 2.5], x, [1, None, None]) for x in (-1.5, 2.5)],
    "leaky_relu′(0), slope 0.01": [Edge("leaky_relu", [0.0], 0, [0.01], {"slope": 0.01})],
    "elu′(0)": [Edge("elu", [0.0], 0, [1], {"alpha": 1.0})],
    "x**0 (constant) at 0": [Edge("pow", [0.0, 0.0], 1, [0, None])],
    "0**0, both variable": [Edge("pow", [0.0, 0.0], 1, [0, 0])],
    "0**2, both variable": [Edge("pow", [0.0, 2.0], 0, [0, 0])],
    "0**0.5, sqrt(0)": [Edge("pow", [0.0, 0.5], 0, [inf, None]), Edge("sqrt", [0.0], 0, [inf])],
    "0**−1, both variable": [Edge("pow", [0.0, -1.0], inf, [-inf, -inf])],
    "(−2)**3, both variable": [Edge("pow", [-2.0, 3.0], -8, [12, nan])],
    "(−2)**3, constant exponent": [Edge("pow", [-2.0, 3.0], -8, [12, None])],
    "(−8)**(1/3)": [Edge("pow", [-8.0, 1 / 3], nan, [nan, None])],
    "sqrt(−1), log(−1)": [Edge("sqrt", [-1.0], nan, [nan]), Edge("log", [-1.0], nan, [-1])],
    "log(0), log(−0.0)": [Edge("log", [0.0], -inf, [inf]), Edge("log", [-0.0], -inf, [-inf])],
    "1/0, 1/−0.0": [
        Edge("truediv", [1.0, 0.0], inf, [None, -inf]),
        Edge("truediv", [1.0, -0.0], -inf, [None, -inf]),
    ],
    "0/0": [Edge("truediv", [0.0, 0.0], nan, [inf, nan])],
    "exp(710), exp(−750)": [Edge("exp", [710.0], inf, [inf]), Edge("exp", [-750.0], 0, [0])],
    "x**2 at 1e200": [Edge("pow", [1e200, 2.0], inf, [2e200, None])],
    "tanh(±1000), sigmoid(±1000)": [
        Edge("tanh", [1000.0], 1, [0]),
        Edge("tanh", [-1000.0], -1, [0]),
        Edge("sigmoid", [1000.0], 1, [0]),
        Edge("sigmoid", [-1000.0], 0, [0]),
    ],
    "logsigmoid(−1000), softplus(±1000)": [
        Edge("logsigmoid", [-1000.0], -1000, [1]),
        Edge("softplus", [1000.0], 1000, [1]),
        Edge("softplus", [-1000.0], 0, [0]),
    ],
    "x·0 at inf": [Edge("mul", [inf, 0.0], nan, [0, None])],
    "hypot(0, 0), norm of zeros": [Edge("hypot", [0.0, 0.0], 0, [0, 0]), Edge("norm", [[0.0, 0.0]], 0, [[0, 0]])],
    "atan2(0, 0)": [Edge("atan2", [0.0, 0.0], 0, [nan, nan])],
    "xlogy(0, 0)": [Edge("xlogy", [0.0, 0.0], 0, [0, nan])],
    "floor, ceil, round, trunc": [
        *(Edge(name, [-0.5], x, [0]) for name, x in [("floor", -1), ("ceil", -0.0), ("round", -0.0), ("trunc", -0.0)]),
        *(Edge("round", [x], y, [0]) for x, y in [(2.5, 2), (3.5, 4)]),
        Edge("floor", [3.0], 3, [0]),
        Edge("floor", [nan], nan, [0]),
    ],
    "% at a jump, of negative numbers, by 0 and infinity": [
        Edge("mod", [6.0, 3.0], 0, [1, -2]),
        Edge("mod", [-5.0, 3.0], 1, [1, 2]),
        Edge("mod", [5.0, -3.0], -1, [1, 2]),
        Edge("mod", [5.0, 0.0], nan, [1, -inf]),
        Edge("mod", [-5.0, inf], inf, [1, 1]),
        Edge("fmod", [6.0, 3.0], 0, [1, -2]),
        Edge("fmod", [-5.0, 3.0], -2, [1, 1]),
        Edge("fmod", [5.0, 0.0], nan, [1, -inf]),
        Edge("fmod", [inf, 3.0], nan, [1, nan]),
        Edge("floordiv", [-5.0, 3.0], -2, [0, 0]),
        Edge("floordiv", [5.0, 0.0], inf, [0, 0]),
        Edge("floordiv", [0.0, 0.0], nan, [0, 0]),
    ],
    "copysign": [Edge("copysign", [0.0, -1.0], -0.0, [0, 0]), Edge("copysign", [inf, -1.0], -inf, [-1, 0])],
    "fmax (fmin alike)": [
        Edge("fmax", [2.0, 2.0], 2, [0.5, 0.5]),
        Edge("fmax", [nan, 1.0], 1, [0, 1]),
        Edge("fmin", [1.0, nan], 1, [1, 0]),
        Edge("fmax", [nan, nan], nan, [nan, nan]),
    ],
    "1/x and roots at 0": [
        Edge("reciprocal", [0.0], inf, [-inf]),
        Edge("rsqrt", [0.0], inf, [-inf]),
        Edge("rsqrt", [-0.0], -inf, [inf]),
        Edge("cbrt", [0.0], 0, [inf]),
    ],
    "square at 1e200": [Edge("square", [1e200], inf, [2e200])],
    "sinc(0), sinc(inf)": [Edge("sinc", [0.0], 1, [0]), Edge("sinc", [inf], nan, [nan])],
    "poles of csc, cot, csch, coth": [Edge(name, [0.0], inf, [-inf]) for name in ("csc", "cot", "csch", "coth")],
    "the ends of asec, asech, acoth": [
        Edge("asec", [1.0], 0, [inf]),
        Edge("asec", [0.5], nan, [nan]),
        Edge("asech", [1.0], 0, [-inf]),
        Edge("asech", [0.0], inf, [-inf]),
        Edge("acoth", [1.0], inf, [inf]),
        Edge("acsch", [0.0], inf, [-inf]),
    ],
    "logaddexp2": [Edge("logaddexp2", [inf, 1.0], inf, [1, 0]), Edge("logaddexp2", [2.0, 2.0], 3, [0.5, 0.5])],
    "logit": [Edge("logit", [x], y, [g]) for x, y, g in [(0.0, -inf, inf), (1.0, inf, inf), (2.0, nan, nan)]],
    "softsign": [Edge("softsign", [0.0], 0, [1]), Edge("softsign", [inf], 1, [0])],
    "hardtanh and relu6 at a bound": [
        Edge("hardtanh", [-1.0], -1, [0]),
        Edge("hardtanh", [1.0], 1, [0]),
        Edge("hardtanh", [nan], nan, [nan]),
        Edge("relu6", [0.0], 0, [0]),
        Edge("relu6", [6.0], 6, [0]),
    ],
    "erfinv": [Edge("erfinv", [1.0], inf, [inf]), Edge("erfinv", [2.0], nan, [nan])],
    "lgamma, digamma and polygamma at their poles": [
        Edge("lgamma", [0.0], inf, [-inf]),
        Edge("lgamma", [-1.0], inf, [nan]),
        Edge("lgamma", [inf], inf, [inf]),
        Edge("digamma", [0.0], -inf, [inf]),
        Edge("digamma", [-1.0], nan, [inf]),
        Edge("polygamma", [0.0], inf, [-inf], {"n": 1}),
        Edge("polygamma", [inf], 0, [0], {"n": 1}),
    ],
    "var, std of equal numbers, of one": [
        Edge("std", [[1.5, 1.5]], 0, [[0, 0]], {"correction": 0}),
        Edge("std", [[1.5, 1.5]], 0, [[0, 0]], {"correction": 1}),
        Edge("var", [[1.5]], 0, [[0]], {"correction": 0}),
        Edge("var", [[1.5]], nan, [[nan]], {"correction": 1}),
    ],
    "lerp at infinity": [Edge("lerp", [inf, 1.0, 0.0], nan, [1, 0, -inf])],
}


@dataclass(frozen=True)
class Worked:
    """A small program with the answer the contract gives.

    `run` returns the named nodes of the program; `roots` are the nodes `backward` is called on, in order and without
    zeroing. With one root `value` and `gradient` hold numbers; with more, one number after each call.
    """

    case: str
    program: str
    inputs: dict[str, float]
    run: Callable[..., dict[str, torch.Tensor]]
    value: Any
    gradient: dict[str, Any]
    roots: tuple[str, ...] = ("out",)


def product_of_sum(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor, f: torch.Tensor) -> dict[str, torch.Tensor]:
    product = a * b
    total = product + c
    return {"a*b": product, "a*b+c": total, "out": total * f}


def two_losses_one_node(x: torch.Tensor) -> dict[str, torch.Tensor]:
    z = x**2
    return {"z": z, "y1": 3 * z, "y2": z**2}


WORKED = [
    Worked(
        "where(x > 0, sqrt(x), 0) at 0",
        "where(x > 0, sqrt(x), 0)",
        {"x": 0.0},
        lambda x: {"out": torch.where(x > 0, torch.sqrt(x), 0.0)},
        0,
        {"x": 0},
    ),
    Worked(
        "neuron tanh(x1·w1 + x2·w2 + b)",
        "tanh(x1*w1 + x2*w2 + b)",
        {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.8813735870195432},
        lambda x1, x2, w1, w2, b: {"out": torch.tanh(x1 * w1 + x2 * w2 + b)},
        0.7071067812,
        {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5},
    ),
    Worked(
        "L = (a·b + c)·f at a=2, b=−3, c=10, f=−2",
        "(a*b + c)*f",
        {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0},
        product_of_sum,
        -8,
        {"a": 6, "b": -4, "c": -2, "f": 4, "a*b": -2, "a*b+c": -2},
    ),
    Worked(
        "d = a·b, e = a + b, f = d·e at a=−2, b=3",
        "(a*b)*(a + b)",
        {"a": -2.0, "b": 3.0},
        lambda a, b: {"out": (a * b) * (a + b)},
        -6,
        {"a": -3, "b": -8},
    ),
    Worked(
        "x·x·x at 3, backward twice without zeroing",
        "x*x*x, backward twice",
        {"x": 3.0},
        lambda x: {"out": x * x * x},
        [27, 27],
        {"x": [27, 54]},
        ("out", "out"),
    ),
    Worked(
        "z = x², y1 = 3z, y2 = z² at 2; y1.backward(), then y2.backward()",
        "z = x**2; 3*z, then z**2",
        {"x": 2.0},
        two_losses_one_node,
        [12, 16],
        {"x": [12, 44]},
        ("y1", "y2"),
    ),
    Worked(
        "softmax cross entropy, logits (1, 2, 3), target 2",
        "cross_entropy([a, b, c], 2)",
        {"a": 1.0, "b": 2.0, "c": 3.0},
        lambda a, b, c: {"out": torch.nn.functional.cross_entropy(torch.stack([a, b, c]), torch.tensor(2))},
        0.4076059644,
        {"a": 0.0900305732, "b": 0.2447284711, "c": -0.3347590442},
    ),
    Worked(
        "a computed zero at an infinite slope",
        "sqrt(x)**2",
        {"x": 0.0},
        lambda x: {"out": torch.sqrt(x) ** 2},
        0,
        {"x": nan},
    ),
    Worked(
        "a computed zero at an infinite slope", "1/(1/x)", {"x": 0.0}, lambda x: {"out": 1 / (1 / x)}, 0, {"x": nan}
    ),
    Worked(
        "a computed zero at an infinite slope",
        "exp(log(x))",
        {"x": 0.0},
        lambda x: {"out": torch.exp(torch.log(x))},
        0,
        {"x": nan},
    ),
    Worked(
        "a tail that does not cancel",
        "tanh(x)",
        {"x": 20.0},
        lambda x: {"out": torch.tanh(x)},
        1,
        {"x": 1.6993417021166e-17},
    ),
    Worked(
        "cross_entropy([−inf, 0], [0, 1])",
        "cross_entropy([a, b], [0, 1])",
        {"a": -inf, "b": 0.0},
        lambda a, b: {"out": torch.nn.functional.cross_entropy(torch.stack([a, b]), torch.tensor([0.0, 1.0]).to(a))},
        0,
        {"a": 0, "b": 0},
    ),
    Worked(
        "bce_with_logits([inf], [1])",
        "bce_with_logits(x, 1)",
        {"x": inf},
        lambda x: {"out": torch.nn.functional.binary_cross_entropy_with_logits(x, torch.ones_like(x))},
        0,
        {"x": 0},
    ),
    Worked(
        "clip between bounds that cross",
        "clip(x, lo, hi)",
        {"x": 0.0, "lo": 1.0, "hi": -1.0},
        lambda x, lo, hi: {"out": torch.clamp(x, lo, hi)},
        -1,
        {"x": 0, "lo": 0, "hi": 1},
    ),
]

# (case, expression of derivatives.json, point, derivatives 0…4)
ORDERS: list[tuple[str, str, float, list[float]]] = [
    ("derivatives 0…4 of x³ at 2", "x**3", 2.0, [8, 12, 12, 6, 0]),
    (
        "derivatives 0…4 of tanh at 0.5",
        "tanh",
        0.5,
        [0.4621171573, 0.7864477330, -0.7268619814, -0.5652092883, 3.952219564],
    ),
]

LINEAR = "linear y = 3x on x = 1…4, w = b = 0, MSE, lr 0.01, three steps"
QUADRATIC = "from 0 on (x−3)², lr 0.1, three x's: SGD; momentum 0.9; Adam"

# (case, trajectory of training.json, the contract's numbers for its first three steps)
TRAJECTORIES: list[tuple[str, str, dict[str, list[Any]]]] = [
    (
        LINEAR,
        "linear SGD(lr=0.01)",
        {"losses": [67.5, 46.87875, 32.56985025], "path": [[0.45, 0.15], [0.825, 0.2745], [1.137525, 0.37776]]},
    ),
    (QUADRATIC, "quadratic SGD(lr=0.1)", {"path": [[0.6], [1.08], [1.464]]}),
    (QUADRATIC, "quadratic SGD(lr=0.1, momentum=0.9)", {"path": [[0.6], [1.62], [2.814]]}),
    (QUADRATIC, "quadratic Adam(lr=0.1)", {"path": [[0.0999999998], [0.1998972926], [0.2996184765]]}),
]
