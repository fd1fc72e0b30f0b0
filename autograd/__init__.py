"""A scalar reverse-mode autograd engine to understand and explore back-propagation with.

Write ordinary scalar Python. Every number remembers how it was made: look at it, step through it, differentiate it.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> (a * b).backward()
>>> a.grad, b.grad
(-3.0, 2.0)
"""

from __future__ import annotations

from typing import Any

import autograd.operators  # noqa: F401  (gives Value its operators and methods)
from autograd.errors import AutogradError, GradcheckError, MissingExtraError, NonFiniteError, RuleError
from autograd.grad_mode import no_grad
from autograd.gradcheck import gradcheck
from autograd.rules import (
    abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    clip,
    cos,
    cosh,
    dot,
    elu,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    gelu,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_softmax,
    logaddexp,
    logsigmoid,
    logsumexp,
    max,
    maximum,
    mean,
    min,
    minimum,
    mish,
    mul,
    neg,
    norm,
    pow,
    prod,
    relu,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    sqrt,
    sub,
    sum,
    tan,
    tanh,
    truediv,
    where,
    xlogy,
)  # fmt: skip
from autograd.table import RULES, rule
from autograd.transforms import grad, hessian, hvp, jacobian, value_and_grad
from autograd.value import Value

__version__ = "0.1.0"

__all__ = [
    "RULES",
    "AutogradError",
    "GradcheckError",
    "MissingExtraError",
    "NonFiniteError",
    "RuleError",
    "Value",
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "clip",
    "cos",
    "cosh",
    "dot",
    "draw",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "gelu",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logsigmoid",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mish",
    "mul",
    "neg",
    "no_grad",
    "norm",
    "pow",
    "prod",
    "relu",
    "rule",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sub",
    "sum",
    "tan",
    "tanh",
    "truediv",
    "value_and_grad",
    "where",
    "xlogy",
]  # fmt: skip


def draw(*values: Value, **options: Any) -> Any:
    """The picture of the graph that made these Values; see ``autograd.viz.draw``, which it calls.

    >>> x = Value(2.0, label="x")
    >>> draw(x * x)
    Drawing(2 nodes)
    """
    from autograd.viz import draw as draw_graph  # graphviz is loaded when a picture is asked for

    return draw_graph(*values, **options)
