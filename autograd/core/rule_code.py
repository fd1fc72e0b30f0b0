"""What the code of a rule's function says before it runs: its operands, and the functions that it defines."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType

from autograd.errors import RuleError

__all__ = ["defines_functions", "names_itself", "operand_names"]


def operand_names(function: Callable[..., object]) -> tuple[str, ...]:
    """The positional arguments. Raises RuleError for a function that takes any number of arguments, or none."""
    code = function.__code__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise RuleError(f"rule {function.__name__}: name each operand; *args and **kwargs have no local derivatives")
    if not code.co_argcount:
        raise RuleError(f"rule {function.__name__}: it has no operands")
    return code.co_varnames[: code.co_argcount]


def defines_functions(function: Callable[..., object]) -> bool:
    """Whether a local derivative may be a function: then the body holds the code of one."""
    return bool(_inner_functions(function))


def names_itself(function: Callable[..., object], name: str) -> bool:
    """Whether a derivative is written with the public function of its own rule, which is not there yet."""
    return any(name in code.co_names for code in _inner_functions(function))


def _inner_functions(function: Callable[..., object]) -> list[CodeType]:
    return [constant for constant in function.__code__.co_consts if inspect.iscode(constant)]
