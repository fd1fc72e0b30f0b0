"""The errors that this package defines.

    AutogradError
    ├── NonFiniteError     (ArithmeticError)   a nan or an infinity would reach a leaf
    ├── GradcheckError     (AssertionError)    a gradient disagrees with the complex step or differences
    ├── RuleError          (ValueError)        a rule is written wrongly, or its name is taken
    ├── RecordingError     (TypeError)         a function looked at a number while it was recorded
    ├── ProgramError       (ValueError)        a compiled program is not legal
    └── MissingExtraError  (ImportError)       an optional package is not installed

    GradcheckWarning       (UserWarning)       a derivative could not be checked

A wrong type raises Python's own ``TypeError``, a wrong number or length ``ValueError``.
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
    """The base class of this package's errors.

    >>> issubclass(NonFiniteError, AutogradError)
    True
    """


class NonFiniteError(AutogradError, ArithmeticError):
    """A nan or an infinity would have reached a leaf. No gradient has changed.

    operation: the name of the first rule that produced it; "" where an input was not finite.
    operands: the Values and numbers that rule was given.

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
    """A gradient disagrees with the complex step or finite differences. The message shows both numbers."""


class GradcheckWarning(UserWarning):
    """Some derivatives could not be checked by gradcheck. The message lists each input with the reason."""


class RuleError(AutogradError, ValueError):
    """A rule does not return its value and one local derivative per operand, or its name is taken."""


class RecordingError(AutogradError, TypeError):
    """A function branched on a number, or read it, while being recorded: the program would reuse that one number."""


class ProgramError(AutogradError, ValueError):
    """A compiled program is not legal. The message names the instruction and what is wrong with it."""


class MissingExtraError(AutogradError, ImportError):
    """An optional package is missing. The message names it and says how to install it."""
