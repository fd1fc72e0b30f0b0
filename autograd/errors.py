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

__all__ = [
    "AutogradError",
    "GradcheckError",
    "GradcheckWarning",
    "MissingExtraError",
    "NonFiniteError",
    "ProgramError",
    "RecordingError",
    "RuleError",
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
