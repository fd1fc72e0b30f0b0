"""A scalar reverse-mode autograd engine to understand and explore back-propagation with.

Write ordinary scalar Python. Every number remembers how it was made: look at it, step through it, differentiate it.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> (a * b).backward()
>>> a.grad, b.grad
(-3.0, 2.0)
"""

from __future__ import annotations

import collections.abc
import importlib
from typing import Any

import autograd.operators  # noqa: F401  (gives Value its operators and methods)
from autograd import rules
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
    "label_locals",
    "no_grad",
    "play",
    "rule",
    "value_and_grad",
]
__all__ += rules.__all__


def compile(f: collections.abc.Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function, compiled: recorded once on Values, and run over a batch with NumPy, forward and backward.

    f: a function of numbers, arrays, lists or dicts of them; every input gains a leading batch axis. Options: dtype
    ("float64" or "float32"), parameters (those that come first, in order), passes. A decorator, too. What it makes, and
    what it refuses: see ``autograd.compiler.compile``, which it calls.

    >>> w, b = Value(2.0), Value(1.0)
    >>> loss = compile(lambda x, y: (w * x + b - y) ** 2)
    >>> loss([1.0, 2.0, 3.0], [3.0, 5.0, 8.0])
    array([0., 0., 1.])
    >>> loss.value_and_grad([1.0, 2.0, 3.0], [3.0, 5.0, 8.0])
    (0.3333333333333333, array([-2.        , -0.66666667]))
    """
    from autograd.compiler import compile as compile_function  # loaded when something is to be compiled

    return compile_function(f, **options)


def __getattr__(name: str) -> Any:
    if name == "compiler":
        return importlib.import_module("autograd.compiler")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def draw(*values: Any, **options: Any) -> Any:
    """The picture of the graph that made these Values, or of a compiled function; see ``autograd.viz.draw``.

    >>> x = Value(2.0, label="x")
    >>> draw(x * x)
    Drawing(2 nodes)
    """
    from autograd.viz import draw as draw_graph  # graphviz is loaded when a picture is asked for

    return draw_graph(*values, **options)


def label_locals() -> list[str]:
    """Give every Value in your variables that has no label the variable's name; see ``autograd.viz.names``.

    >>> a, w = Value(2.0), [Value(0.5), Value(-1.0)]
    >>> label_locals()
    ['a', 'w[0]', 'w[1]']
    """
    from autograd.viz.names import label_locals as label  # as for draw

    return label(depth=2)


def play(root: Any, **options: Any) -> Any:
    """One backward pass from a value, or one training, to go through step by step; see ``autograd.viz.player.play``.

    >>> x = Value(2.0, label="x")
    >>> play(x * x)
    Player(5 steps)
    """
    from autograd.viz.player import play as play_pass  # as for draw

    return play_pass(root, **options)
