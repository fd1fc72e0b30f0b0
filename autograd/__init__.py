"""A scalar reverse-mode autograd engine to understand and explore back-propagation with.

Write ordinary scalar Python. Every number remembers how it was made: look at it, step through it, differentiate it.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> (a * b).backward()
>>> a.grad, b.grad
(-3.0, 2.0)
"""

from __future__ import annotations

import importlib
import typing

import autograd.core.operators  # noqa: F401  (gives Value its operators and methods)
from autograd import rules
from autograd.core import display as _display
from autograd.core.modes import no_grad
from autograd.errors import (
    AutogradError,
    GradcheckError,
    GradcheckWarning,
    MissingExtraError,
    NonFiniteError,
    ProgramError,
    RecordingError,
    RuleError,
)
from autograd.gradcheck import gradcheck
from autograd.rules import *  # noqa: F403  (its __all__ is the list of operations)
from autograd.table import RULES, rule
from autograd.transforms import grad, hessian, hvp, jacobian, value_and_grad
from autograd.util import old_names
from autograd.util.lazy_numpy import imported as _imported
from autograd.util.suggestions import missing as _missing
from autograd.value import Value

old_names.find_moved_modules()
# Pictures, and graphviz with them, are loaded when one is asked for.
_display.drawn_by = lambda thing: importlib.import_module("autograd.viz").value_mimebundle(thing)

__version__ = "0.2.0"

__all__ = [
    "RULES",
    "AutogradError",
    "GradcheckError",
    "GradcheckWarning",
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


if typing.TYPE_CHECKING:
    from autograd.compiler import compile
    from autograd.viz import draw
    from autograd.viz.backprop.player import play
    from autograd.viz.graph.labels import label_locals
else:
    _LATER = {
        "compile": "autograd.compiler",
        "draw": "autograd.viz",
        "label_locals": "autograd.viz.graph.labels",
        "play": "autograd.viz.backprop.player",
    }

    def __getattr__(name: str) -> typing.Any:
        """Load the compiler or the pictures when they are first used."""
        if name == "compiler":
            return _imported("autograd.compiler")
        if name not in _LATER:
            raise _missing(f"module {__name__!r}", name, [__name__], [*globals(), *_LATER])
        try:
            attribute = globals()[name] = getattr(_imported(_LATER[name]), name)
        except ModuleNotFoundError as error:  # so that `from autograd import *` works without NumPy
            if error.name != "numpy":
                raise
            return _refusing(str(error))
        return attribute

    def _refusing(message: str) -> typing.Any:
        """Make the stand-in for a function whose package is missing: a call of it says which one."""

        def refuse(*args: object, **options: object) -> typing.NoReturn:
            raise ModuleNotFoundError(message, name="numpy")

        return refuse
