"""Measure what JAX answers in the cases of conventions.json, for the documentation: ``python make_jax.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

HERE = Path(__file__).parent
jax.config.update("jax_enable_x64", True)

FUNCTIONS = {
    "acoth": lambda x: jnp.arctanh(1 / x), "acsch": lambda x: jnp.arcsinh(1 / x), "asec": lambda x: jnp.arccos(1 / x),
    "asech": lambda x: jnp.arccosh(1 / x), "cbrt": jnp.cbrt, "ceil": jnp.ceil, "copysign": jnp.copysign,
    "cot": lambda x: 1 / jnp.tan(x), "coth": lambda x: 1 / jnp.tanh(x), "csc": lambda x: 1 / jnp.sin(x),
    "csch": lambda x: 1 / jnp.sinh(x), "digamma": jax.scipy.special.digamma, "erfinv": jax.scipy.special.erfinv,
    "floor": jnp.floor, "floordiv": jnp.floor_divide, "fmax": jnp.fmax, "fmin": jnp.fmin, "fmod": jnp.fmod,
    "hardtanh": jax.nn.hard_tanh, "lerp": lambda a, b, t: a + t * (b - a), "lgamma": jax.scipy.special.gammaln,
    "logaddexp2": jnp.logaddexp2, "logit": jax.scipy.special.logit, "mod": jnp.mod,
    "polygamma": lambda x, n: jax.scipy.special.polygamma(int(n), x), "reciprocal": jnp.reciprocal,
    "relu6": jax.nn.relu6,
    "round": jnp.round, "rsqrt": jax.lax.rsqrt, "sinc": jnp.sinc, "softsign": jax.nn.soft_sign, "square": jnp.square,
    "std": jnp.std, "trunc": jnp.trunc, "var": jnp.var,
    "abs": jnp.abs, "atan2": jnp.arctan2, "clip": jnp.clip, "elu": jax.nn.elu, "exp": jnp.exp, "hypot": jnp.hypot,
    "leaky_relu": lambda x, slope: jax.nn.leaky_relu(x, slope), "log": jnp.log, "logsigmoid": jax.nn.log_sigmoid,
    "max": jnp.max, "maximum": jnp.maximum, "minimum": jnp.minimum, "mul": jnp.multiply, "norm": jnp.linalg.norm,
    "pow": jnp.power, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "sign": jnp.sign, "softplus": jax.nn.softplus,
    "sqrt": jnp.sqrt, "tanh": jnp.tanh, "truediv": jnp.divide, "xlogy": jax.scipy.special.xlogy,
}  # fmt: skip


def read(x: Any) -> Any:
    return [read(item) for item in x] if isinstance(x, list) else float(x)


def written(x: Any) -> Any:
    """Numbers, and words for those that JSON has none for."""
    if isinstance(x, list):
        return [written(item) for item in x]
    return float(x) if jnp.isfinite(x) else str(float(x))


def measured(entry: dict[str, Any]) -> dict[str, Any]:
    operands = read(entry["operands"])
    variable = [i for i, constant in enumerate(entry["constant"]) if not constant]
    exponent = operands[1] if entry["operation"] == "pow" and entry["constant"][1] else None

    def f(*xs: Any) -> Any:
        given = list(operands)
        for i, x in zip(variable, xs, strict=True):
            given[i] = x
        if exponent is not None:
            given[1] = int(exponent) if exponent.is_integer() else exponent  # as a user writes x**2
            return given[0] ** given[1]
        return FUNCTIONS[entry["operation"]](*given, **entry["parameters"])

    xs = [jnp.asarray(operands[i]) for i in variable]
    value, gradient = jax.value_and_grad(f, argnums=tuple(range(len(xs))))(*xs)
    return {"value": written(value.tolist()), "gradient": [written(g.tolist()) for g in gradient]}


def _bce(x: Any) -> Any:
    """As optax writes it, PyTorch's way."""
    return jnp.maximum(x, 0.0) - x + jnp.log1p(jnp.exp(-jnp.abs(x)))


PROGRAMS = {
    "where(x > 0, sqrt(x), 0)": lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0),
    "sqrt(x)**2": lambda x: jnp.sqrt(x) ** 2,
    "1/(1/x)": lambda x: 1 / (1 / x),
    "exp(log(x))": lambda x: jnp.exp(jnp.log(x)),
    "tanh(x)": jnp.tanh,
    "cross_entropy([a, b], [0, 1])": lambda a, b: (
        -jnp.sum(jnp.array([0.0, 1.0]) * jax.nn.log_softmax(jnp.stack([a, b])))
    ),
    "bce_with_logits(x, 1)": _bce,
    "clip(x, lo, hi)": jnp.clip,
}
"""Those of the compositions that stand in the documentation's table."""


def measured_program(entry: dict[str, Any]) -> dict[str, Any]:
    xs = [jnp.asarray(read(x)) for x in entry["inputs"].values()]
    value, gradient = jax.value_and_grad(PROGRAMS[entry["program"]], argnums=tuple(range(len(xs))))(*xs)
    found = {"value": written(value.tolist()), "gradient": [written(g.tolist()) for g in gradient]}
    return {"program": entry["program"], **found}


def main() -> None:
    kept = json.loads((HERE / "conventions.json").read_text(encoding="utf-8"))
    lines = [json.dumps(measured(entry)) for entry in kept["conventions"]]
    programs = [json.dumps(measured_program(x)) for x in kept["compositions"] if x["program"] in PROGRAMS]
    (HERE / "conventions_jax.json").write_text(
        f'{{\n  "source": "measured with JAX {jax.__version__}, float64, CPU; an answer for each of the conventions",\n'
        '  "programs": [\n    ' + ",\n    ".join(programs) + "\n  ],\n"
        '  "answers": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
