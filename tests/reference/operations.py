"""What is frozen: every operation as a function of mpmath numbers, the same in PyTorch, and its sample points.

The points are inconvenient on purpose (no exp(0), no 2·2), and reach the magnitudes where a formula that is not written
stably overflows or cancels. Kinks are absent: they are conventions, not mathematics, and stand in `edges.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from mpmath import mp


@dataclass(frozen=True)
class Reference:
    """One operation in mpmath and in PyTorch, its points, and the parameter sets each point is used with.

    digits: fewer where mpmath takes minutes for so many, and the points do not need them.
    """

    exact: Callable[..., Any]
    torch: Callable[..., torch.Tensor]
    points: Sequence[Any]
    parameters: Sequence[dict[str, Any]] = ({},)
    digits: int = 1000


def selu(x: Any) -> Any:
    """Constants of Klambauer et al. 2017, equation 14, to the digits PyTorch gives them."""
    alpha, scale = mp.mpf("1.6732632423543772848170429916717"), mp.mpf("1.0507009873554804934193349852946")
    return scale * (x if x > 0 else alpha * mp.expm1(x))


def gelu(x: Any, approximate: str = "none") -> Any:
    """Hendrycks & Gimpel 2016: x·Φ(x), or its tanh form."""
    if approximate == "tanh":
        return x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mp.mpf("0.044715") * x**3)))
    return x * mp.ncdf(x)


def softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(x))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def logit(p: Any) -> Any:
    return mp.log(p / (1 - p))


def lgamma(x: Any) -> Any:
    return mp.log(abs(mp.gamma(x)))


def truncated(x: Any) -> Any:
    return mp.sign(x) * mp.floor(abs(x))


def sinc(x: Any) -> Any:
    """NumPy's, normalised."""
    return mp.sinc(mp.pi * x)


def deviations(xs: Any) -> Any:
    return [x - mp.fsum(xs) / len(xs) for x in xs]


def var(xs: Any, correction: float = 0) -> Any:
    return mp.fsum(d * d for d in deviations(xs)) / (len(xs) - correction)


REAL = [0.37, -1.83, 2.9, -0.0625, 4.71]
BENT = [*REAL, 31.5, -31.5]
SATURATED = [*REAL, 40.0, -40.0]
PAIRS = [(0.7, -1.9), (-2.3, 3.1), (5.5, 0.13), (-0.8, -4.25), (1e-3, 700.25)]
APART = [*PAIRS, (1e200, -3e199), (2.5e-200, 2.4e-200)]
QUADRANTS = [
    (s * a, t * b) for a, b in [(0.7, 1.9), (1e200, 3e-200), (2e-200, 1e200)] for s in (1, -1) for t in (1, -1)
]

DIVISIONS = [(5.5, 2.25), (-5.5, 1.7), (5.5, -1.7), (-0.4, -1.5), (1e17, 3.1), (0.3, 1e10)]
GAMMA = [0.37, 1.83, 2.9, 4.71, 31.5, 1e-12, -0.3, -1.83, -7.25, 1e10]

OPERATIONS: dict[str, Reference] = {
    "add": Reference(lambda a, b: a + b, lambda a, b: a + b, PAIRS),
    "sub": Reference(lambda a, b: a - b, lambda a, b: a - b, PAIRS),
    "mul": Reference(lambda a, b: a * b, lambda a, b: a * b, [*PAIRS, (3e-200, 4e150)]),
    "truediv": Reference(lambda a, b: a / b, lambda a, b: a / b, [*PAIRS, (3e-100, 4e50)]),
    "neg": Reference(lambda a: -a, torch.neg, REAL),
    "pow": Reference(mp.power, lambda a, b: a**b, [(0.7, -1.9), (2.3, 3.1), (5.5, 0.13), (1.1, 120.5), (1e-60, 2.5)]),
    "exp": Reference(mp.exp, torch.exp, [*REAL, 700.5, -700.5]),
    "exp2": Reference(lambda x: mp.power(2, x), torch.exp2, [*REAL, 1000.5, -1000.5]),
    "expm1": Reference(mp.expm1, torch.expm1, [*REAL, 1e-12, -1e-12, 700.5, -50.5]),
    "log": Reference(mp.log, torch.log, [0.37, 1.83, 29.5, 1.0000001, 1e-300, 1e300, 5e-324]),
    "log1p": Reference(mp.log1p, torch.log1p, [0.37, -0.83, 29.5, 1e-12, -1e-12, -0.9999999, 1e300]),
    "log2": Reference(lambda x: mp.log(x, 2), torch.log2, [0.37, 1.83, 29.5, 1e-100, 1e300]),
    "log10": Reference(mp.log10, torch.log10, [0.37, 1.83, 29.5, 1e-100, 1e300]),
    "sqrt": Reference(mp.sqrt, torch.sqrt, [0.37, 1.83, 29.5, 1e-100, 1e300]),
    "abs": Reference(abs, torch.abs, [*REAL, 1e300, -1e-300]),
    "sign": Reference(mp.sign, torch.sign, [*REAL, 1e300, -1e-300]),
    "sin": Reference(mp.sin, torch.sin, [*REAL, 100.5]),
    "cos": Reference(mp.cos, torch.cos, [*REAL, 100.5]),
    "tan": Reference(mp.tan, torch.tan, [*REAL, 1.57]),
    "asin": Reference(mp.asin, torch.asin, [0.37, -0.83, 0.0625, 1e-12, 0.9999999, -0.9999999]),
    "acos": Reference(mp.acos, torch.acos, [0.37, -0.83, 0.0625, 1e-12, 0.9999999, -0.9999999]),
    "atan": Reference(mp.atan, torch.atan, [*REAL, 1e-12, 1e200, -1e10]),
    "atan2": Reference(mp.atan2, torch.atan2, [*QUADRANTS, (1e200, -3e200), (2e-200, 1e-200), (0.5, -1e-12)]),
    "sinh": Reference(mp.sinh, torch.sinh, [*REAL, 1e-12, 700.5, -700.5]),
    "cosh": Reference(mp.cosh, torch.cosh, [*REAL, 1e-12, 700.5, -700.5]),
    "tanh": Reference(mp.tanh, torch.tanh, [0.5, *REAL, 1e-12, 20.0, -20.0, 400.0]),
    "asinh": Reference(mp.asinh, torch.asinh, [*REAL, 1e-12, 1e200, -1e10]),
    "acosh": Reference(mp.acosh, torch.acosh, [1.37, 2.9, 29.5, 1.0000001, 1e10, 1e200]),
    "atanh": Reference(mp.atanh, torch.atanh, [0.37, -0.83, 0.0625, 1e-12, 0.9999999, -0.9999999]),
    "hypot": Reference(mp.hypot, torch.hypot, [*PAIRS, (3e200, 4e200), (3e-200, 4e-200), (3e200, -4e-200)]),
    "sigmoid": Reference(sigmoid, torch.sigmoid, [*SATURATED, 700.5, -700.5]),
    "logsigmoid": Reference(lambda x: -softplus(-x), F.logsigmoid, [*SATURATED, 800.0, -800.0]),
    "softplus": Reference(softplus, F.softplus, [*SATURATED, 25.0, 800.0, -700.5]),
    "relu": Reference(lambda x: max(x, mp.zero), torch.relu, BENT),
    "leaky_relu": Reference(
        lambda x, slope=0.01: x if x > 0 else slope * x,
        lambda x, slope=0.01: F.leaky_relu(x, slope),
        BENT,
        ({}, {"slope": 0.2}),
    ),
    "elu": Reference(
        lambda x, alpha=1.0: x if x > 0 else alpha * mp.expm1(x), F.elu, [*SATURATED, -1e-12], ({}, {"alpha": 1.5})
    ),
    "selu": Reference(selu, torch.selu, [*SATURATED, -1e-12]),
    "gelu": Reference(gelu, F.gelu, [*REAL, 8.0, -8.0, 40.0], ({"approximate": "none"}, {"approximate": "tanh"})),
    "silu": Reference(lambda x: x * sigmoid(x), F.silu, [*SATURATED, 700.0, -700.0]),
    "mish": Reference(lambda x: x * mp.tanh(softplus(x)), F.mish, [*SATURATED, 50.0, -50.0, -700.0]),
    "erf": Reference(mp.erf, torch.erf, [*REAL, 1e-12, 5.9, -8.0]),
    "maximum": Reference(max, torch.maximum, APART),
    "minimum": Reference(min, torch.minimum, APART),
    "clip": Reference(
        lambda x, low, high: min(max(x, low), high),
        torch.clip,
        [(x, -1.25, 2.75) for x in (0.37, -1.1, 2.7, -1.83, 3.9)],
    ),
    "logaddexp": Reference(
        lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
        torch.logaddexp,
        [*PAIRS, (1000.0, 1000.5), (-1000.0, 3.0), (-1000.25, -1001.0)],
    ),
    "xlogy": Reference(
        lambda x, y: x * mp.log(y), torch.xlogy, [(0.7, 1.9), (-2.3, 0.31), (0.0, 2.5), (1e-200, 1e-200)]
    ),
}

OPERATIONS |= {
    "square": Reference(lambda x: x * x, torch.square, [*REAL, 1e-100, -1e150]),
    "reciprocal": Reference(lambda x: 1 / x, torch.reciprocal, [*REAL, 1e-100, -1e150]),
    "mod": Reference(lambda a, b: a - b * mp.floor(a / b), torch.remainder, DIVISIONS),
    "fmod": Reference(lambda a, b: a - b * truncated(a / b), torch.fmod, DIVISIONS),
    "floordiv": Reference(lambda a, b: mp.floor(a / b), lambda a, b: torch.div(a, b, rounding_mode="floor"), DIVISIONS),
    "deg2rad": Reference(lambda x: x * mp.pi / 180, torch.deg2rad, [*REAL, 1e-300, -720.5]),
    "rad2deg": Reference(lambda x: x * 180 / mp.pi, torch.rad2deg, [*REAL, 1e-300, -1e300]),
    "lerp": Reference(
        lambda a, b, t: a + t * (b - a), torch.lerp, [(0.7, -1.9, 0.3), (5.5, 0.13, 0.81), (-0.8, 4.25, 1.7)]
    ),
    "rsqrt": Reference(lambda x: 1 / mp.sqrt(x), torch.rsqrt, [0.37, 1.83, 29.5, 1e-100, 1e300]),
    "cbrt": Reference(
        lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
        [*REAL, 1e-100, -1e300],
    ),
    "logaddexp2": Reference(
        lambda a, b: mp.log(mp.power(2, a) + mp.power(2, b), 2),
        torch.logaddexp2,
        [*PAIRS, (1000.0, 1000.5), (-1000.0, 3.0), (-1000.25, -1001.0)],
    ),
    "logit": Reference(logit, torch.logit, [0.37, 0.83, 0.5000001, 0.4999, 1e-12, 1e-300, 0.9999999]),
    "floor": Reference(mp.floor, torch.floor, [*REAL, 123456789.25, -1e-300]),
    "ceil": Reference(mp.ceil, torch.ceil, [*REAL, 123456789.25, -1e-300]),
    "round": Reference(mp.nint, torch.round, [*REAL, 123456789.25, -1e-300]),
    "trunc": Reference(truncated, torch.trunc, [*REAL, 123456789.25, -1e-300]),
    "copysign": Reference(lambda a, b: abs(a) * mp.sign(b), torch.copysign, APART),
    "fmax": Reference(max, torch.fmax, APART),
    "fmin": Reference(min, torch.fmin, APART),
    "sec": Reference(mp.sec, lambda x: 1 / torch.cos(x), [*REAL, 1e-12, 1.57, 100.5]),
    "csc": Reference(mp.csc, lambda x: 1 / torch.sin(x), [*REAL, 1e-12, 3.14, 100.5]),
    "cot": Reference(mp.cot, lambda x: 1 / torch.tan(x), [*REAL, 1e-12, 1.57, 3.14, 100.5]),
    "asec": Reference(mp.asec, lambda x: torch.acos(1 / x), [1.37, -2.9, 29.5, 1.0000001, -1.0000001, 1e10, -1e100]),
    "acsc": Reference(mp.acsc, lambda x: torch.asin(1 / x), [1.37, -2.9, 29.5, 1.0000001, -1.0000001, 1e10, -1e100]),
    "acot": Reference(mp.acot, lambda x: torch.atan(1 / x), [*REAL, 1e-12, -1e10, 1e100]),
    "sinc": Reference(sinc, torch.sinc, [*REAL, 1e-12, 0.49, 0.51, -1.0625, 3.0001, 100.3, 1e9]),
    "sech": Reference(mp.sech, lambda x: 1 / torch.cosh(x), [*REAL, 1e-12, 20.5, -700.5]),
    "csch": Reference(mp.csch, lambda x: 1 / torch.sinh(x), [*REAL, 1e-12, 20.5, -700.5]),
    "coth": Reference(mp.coth, lambda x: 1 / torch.tanh(x), [*REAL, 1e-12, 20.5, -300.5]),
    "asech": Reference(mp.asech, lambda x: torch.acosh(1 / x), [0.37, 0.83, 0.0625, 1e-12, 0.9999999, 1e-300]),
    "acsch": Reference(mp.acsch, lambda x: torch.asinh(1 / x), [*REAL, 1e-12, -1e10, 1e-100]),
    "acoth": Reference(mp.acoth, lambda x: torch.atanh(1 / x), [1.37, -2.9, 29.5, 1.0000001, -1.0000001, 1e10]),
    "relu6": Reference(lambda x: min(max(x, mp.zero), mp.mpf(6)), F.relu6, [*BENT, 5.9, 6.1]),
    "hardtanh": Reference(
        lambda x, lo=-1.0, hi=1.0: min(max(x, mp.mpf(lo)), mp.mpf(hi)),
        lambda x, lo=-1.0, hi=1.0: F.hardtanh(x, lo, hi),
        BENT,
        ({}, {"lo": -2.5, "hi": 3.25}),
    ),
    "softsign": Reference(lambda x: x / (1 + abs(x)), F.softsign, [*SATURATED, 1e-12, 1e10]),
    "erfinv": Reference(mp.erfinv, torch.erfinv, [0.37, -0.83, 0.0625, 1e-12, 0.9999999, -0.9999], digits=100),
    "lgamma": Reference(lgamma, torch.lgamma, [*GAMMA, 1.0000001, 2.0000001], digits=100),
    "digamma": Reference(mp.digamma, torch.digamma, [*GAMMA, 1.4616321, 1.4616322], digits=100),
    "polygamma": Reference(
        lambda x, n=1: mp.psi(n, x),
        lambda x, n=1: torch.polygamma(n, x),
        GAMMA,
        ({}, {"n": 0}, {"n": 2}, {"n": 5}),
        digits=100,
    ),
}

VECTOR = [0.37, -1.83, 2.9, 0.0625]
LOGITS = [[VECTOR], [[1000.0, 1001.0]], [[-1000.0, -1001.5, -1003.0]], [[1000.0, 3.5, -1000.0]], [[-2.5]]]
VECTORS = [[VECTOR], [[-2.5]], [[-0.31, -7.5, -2.2]], [[700.25, -1e-3, 41.5, 3.25, -8.0]]]

SPREAD = [[VECTOR], [[-0.31, -7.5, -2.2]], [[700.25, -1e-3, 41.5, 3.25, -8.0]], [[1e9, 1e9 + 1.0, 1e9 + 5.0]]]

SEQUENCES: dict[str, Reference] = {
    "sum": Reference(mp.fsum, torch.sum, VECTORS),
    "mean": Reference(lambda xs: mp.fsum(xs) / len(xs), torch.mean, VECTORS),
    "prod": Reference(
        mp.fprod, torch.prod, [*VECTORS, [[3.5, 0.0, -2.25]], [[0.0, 4.5, 0.0, 1.5]], [[1e200, 1e-150, 3.0]]]
    ),
    "dot": Reference(
        mp.fdot,
        torch.dot,
        [
            [VECTOR, [1.5, 0.8, -0.6, 12.25]],
            [[-2.5], [0.3]],
            [[0.0, 7.5], [2.25, -0.4]],
            [[1e-200, 3.5, -2.0], [1e200, 0.25, 8.5]],
        ],
    ),
    "var": Reference(
        var, lambda xs, correction=0: torch.var(xs, correction=correction), SPREAD, ({}, {"correction": 1})
    ),
    "std": Reference(
        lambda xs, correction=0: mp.sqrt(var(xs, correction)),
        lambda xs, correction=0: torch.std(xs, correction=correction),
        SPREAD,
        ({}, {"correction": 1}),
    ),
    "cumsum": Reference(lambda xs: [mp.fsum(xs[: i + 1]) for i in range(len(xs))], lambda xs: xs.cumsum(0), VECTORS),
    "max": Reference(
        lambda xs, ties="share": max(xs),
        lambda xs, ties="share": torch.amax(xs) if ties == "share" else torch.max(xs, 0).values,
        VECTORS,
        ({}, {"ties": "first"}),
    ),
    "min": Reference(
        lambda xs, ties="share": min(xs),
        lambda xs, ties="share": torch.amin(xs) if ties == "share" else torch.min(xs, 0).values,
        VECTORS,
        ({}, {"ties": "first"}),
    ),
    "softmax": Reference(
        lambda xs: [mp.exp(x) / mp.fsum(map(mp.exp, xs)) for x in xs], lambda xs: torch.softmax(xs, 0), LOGITS
    ),
    "log_softmax": Reference(
        lambda xs: [x - mp.log(mp.fsum(map(mp.exp, xs))) for x in xs], lambda xs: torch.log_softmax(xs, 0), LOGITS
    ),
    "logsumexp": Reference(lambda xs: mp.log(mp.fsum(map(mp.exp, xs))), lambda xs: torch.logsumexp(xs, 0), LOGITS),
    "norm": Reference(
        mp.norm, torch.linalg.vector_norm, [*VECTORS, [[3e200, 4e200]], [[3e-200, -4e-200]], [[0.0, -1.5]]]
    ),
}

EXPRESSIONS: dict[str, Reference] = {
    "x**3": Reference(lambda x: x**3, lambda x: x**3, [2.0, -0.7, 4.3]),
    "tanh": Reference(mp.tanh, torch.tanh, [0.5, -1.3, 3.7]),
    "sin": Reference(mp.sin, torch.sin, [0.7, -2.1, 5.3]),
    "exp(sin(x))": Reference(lambda x: mp.exp(mp.sin(x)), lambda x: torch.exp(torch.sin(x)), [0.7, -2.1, 5.3]),
    "x**x": Reference(lambda x: x**x, lambda x: x**x, [0.6, 1.7, 3.2]),
    "sigmoid": Reference(sigmoid, torch.sigmoid, [0.4, -1.9, 6.5]),
    "softplus": Reference(softplus, F.softplus, [0.4, -1.9, 6.5]),
    "log": Reference(mp.log, torch.log, [0.3, 1.7, 12.5]),
    "1/(1+x*x)": Reference(lambda x: 1 / (1 + x * x), lambda x: 1 / (1 + x * x), [0.4, -1.2, 3.3]),
    "sqrt(1+x*x)": Reference(lambda x: mp.sqrt(1 + x * x), lambda x: torch.sqrt(1 + x * x), [0.4, -1.2, 3.3]),
    "gelu": Reference(gelu, F.gelu, [0.4, -1.2, 2.6]),
    "silu": Reference(lambda x: x * sigmoid(x), F.silu, [0.4, -1.2, 5.1]),
}
