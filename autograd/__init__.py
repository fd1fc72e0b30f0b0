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
from autograd import rules
from autograd.compiler import compile
from autograd.errors import (
    AutogradError,
    GradcheckError,
    MissingExtraError,
    NonFiniteError,
    ProgramError,
    RecordingError,
    RuleError,
)
from autograd.grad_mode import no_grad
from autograd.gradcheck import gradcheck
from autograd.rules import *  # noqa: F403  (its __all__ is the list of operations)
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
    "ProgramError",
    "RecordingError",
    "RuleError",
    "Value",
    "compile",
    "draw",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "jacobian",
    "no_grad",
    "rule",
    "value_and_grad",
]
__all__ += rules.__all__


def draw(*values: Value, **options: Any) -> Any:
    """The picture of the graph that made these Values; see ``autograd.viz.draw``, which it calls.

    >>> x = Value(2.0, label="x")
    >>> draw(x * x)
    Drawing(2 nodes)
    """
    from autograd.viz import draw as draw_graph  # graphviz is loaded when a picture is asked for

    return draw_graph(*values, **options)
