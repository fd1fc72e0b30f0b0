"""Reading a rule's code without running it: its operands, and the functions it defines inside."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType

from autograd.errors import RuleError

__all__ = ["defines_functions", "names_itself", "operand_names"]


def operand_names(function: Callable[..., object]) -> tuple[str, ...]:
    """List a rule's operands, its positional arguments. Raises RuleError for ``*args``, ``**kwargs`` or none."""
    code = function.__code__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise RuleError(
            f"rule {function.__name__} takes *args or **kwargs, which cannot have local derivatives\n"
            "  try             naming each operand, or sequences=True for operands that are sequences"
        )
    if not code.co_argcount:
        raise RuleError(f"rule {function.__name__} has no operands: it needs at least one positional argument")
    return code.co_varnames[: code.co_argcount]


def defines_functions(function: Callable[..., object]) -> bool:
    """Whether the rule's body defines a function, so that a local derivative may be one."""
    return bool(_inner_functions(function))


def names_itself(function: Callable[..., object], name: str) -> bool:
    """Whether a derivative calls its own rule's public function, which does not exist yet."""
    return any(name in code.co_names for code in _inner_functions(function))


def _inner_functions(function: Callable[..., object]) -> list[CodeType]:
    return [constant for constant in function.__code__.co_consts if inspect.iscode(constant)]
