"""The errors this package raises of its own.

    AutogradError
    ├── NonFiniteError     (ArithmeticError)   a nan or an infinity would reach a leaf
    ├── GradcheckError     (AssertionError)    a gradient is wrong, by the complex step or differences
    ├── RuleError          (ValueError)        a rule does not say what a rule must say
    ├── RecordingError     (TypeError)         a function looked at a number while it was recorded
    ├── ProgramError       (ValueError)        a program is not a legal one
    └── MissingExtraError  (ImportError)       an optional package is not installed

    GradcheckWarning       (UserWarning)       a derivative could not be checked

A wrong type is Python's own ``TypeError``, a wrong number or length its ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "AutogradError",
    "GradcheckError",
    "GradcheckWarning",
    "MissingExtraError",
    "NonFiniteError",
    "ProgramError",
    "RecordingError",
    "RuleError",
    "refuse_options",
]


class AutogradError(Exception):
    """Everything this package raises of its own.

    >>> issubclass(NonFiniteError, AutogradError)
    True
    """


class NonFiniteError(AutogradError, ArithmeticError):
    """A nan or an infinity would have reached a leaf; no gradient has changed.

    ``operation`` is the name of the first rule that produced it ("" where an input was not finite),
    ``operands`` are the Values and numbers it worked on.

    >>> import autograd
    >>> try:
    ...     autograd.Value(0.0, label="p").log().backward()
    ... except NonFiniteError as error:
    ...     print(error.operation, error.operands)
    log (Value(0.0, label='p'),)
    """

    def __init__(self, message: str, operation: str = "", operands: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.operation = operation
        self.operands = operands


class GradcheckError(AutogradError, AssertionError):
    """A gradient disagrees with the complex step or finite differences; the message says how."""


class GradcheckWarning(UserWarning):
    """Derivatives that gradcheck could not check: one line for each input, with the reason."""


class RuleError(AutogradError, ValueError):
    """A rule does not return its value and one local derivative for each operand, or takes a name in use."""


class RecordingError(AutogradError, TypeError):
    """A function that is being recorded branched on a number, or read it: a program would replay that one number."""


class ProgramError(AutogradError, ValueError):
    """A program is not legal: the message says which instruction, and what it lacks."""


class MissingExtraError(AutogradError, ImportError):
    """An optional package is needed; the message says which and how to install it."""


_PYTORCHS = {
    "create_graph": "autograd.grad(autograd.grad(f))(x), where f is the function: a gradient can be differentiated",
    "gradient": "y.backward(grad=…)",
    "inputs": "y.backward() and then x.grad, or autograd.grad(f)(x), where f is the function that computes y",
    "outputs": "y.backward() and then x.grad, or autograd.grad(f)(x), where f is the function that computes y",
    "retain_graph": "leaving it out: the graph stays, and backward() may be called again",
}


def refuse_options(name: str, options: Iterable[str]) -> None:
    """Raise TypeError for options that a function does not have; of PyTorch's, it says what to write instead."""
    for option in options:
        advice = f"\n  try             {_PYTORCHS[option]}" if option in _PYTORCHS else ""
        raise TypeError(f"{name}() got an unexpected keyword argument {option!r}{advice}")
