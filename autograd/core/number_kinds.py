"""Conversions between kinds of numbers: Python's and NumPy's; integers, real and complex numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable

from autograd.core.recording import is_recording, refusal
from autograd.numeric import Numeric, is_value, real
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, is_numpy_number, is_real_number
from autograd.util.printable import kind_of

__all__ = [
    "LISTS",
    "USE_AN_ARRAY",
    "as_ieee",
    "as_python",
    "is_complex",
    "real_number",
    "whole",
    "without_axes",
    "without_integers",
]

LISTS = {list, tuple, str, bytes}
"""What Python would repeat where a Value multiplies it."""

USE_AN_ARRAY = "\n  try             one number at a time, or a NumPy array"
"""What an error about a list advises."""


def real_number(number: object, what: str) -> float:
    """Convert a real number to a Python float. Raises TypeError, naming the type, for anything else."""
    if isinstance(number, (float, int)):
        return real(number)
    if is_array(number) and not number.ndim:
        number = plain_array(number, f"the argument of {what}").item()
    if is_real_number(number):
        return real(number)
    if is_value(number):
        if is_recording():
            raise refusal(f"{what} takes a number, not a Value", "the Value itself: all inputs are Values already")
        raise TypeError(
            f"{what} takes a number, not a Value\n  try             v.data for its number, or the Value itself"
        )
    if is_array(number):
        raise TypeError(
            f"{what} takes one number, not an array of shape {number.shape}\n"
            "  try             [Value(x) for x in array.flat], a Value for each element"
        )
    advice = "\n  try             [Value(x) for x in numbers], a Value for each number"
    is_list = what == "Value()" and isinstance(number, (list, tuple))
    raise TypeError(f"{what} takes a number, not {kind_of(number)}{advice * is_list}")


def whole(x: object) -> int | None:
    """Return an integer of any type, such as NumPy's, as an int; None for all else, also for a bool or a Value."""
    if isinstance(x, bool):
        return None
    try:
        return operator.index(x)  # type: ignore[arg-type]  # a Value has __index__, too: it raises the advice
    except TypeError:
        return None


def without_axes(x: Numeric, operation: str) -> Numeric:
    """Convert an array without axes, an operand of this operation, to its number; return anything else as it is."""
    return plain_array(x, f"an operand of {operation}").item() if is_array(x) and not x.ndim else x


def is_complex(x: object) -> bool:
    """Whether x is a complex number or an array of them."""
    return isinstance(x, complex) or (is_array(x) and x.dtype.kind == "c")


def as_ieee(x: Numeric, kind: Callable[[float], Numeric]) -> Numeric:
    """Convert a plain number to a kind that neither raises nor becomes complex: Double, or one of NumPy's."""
    return kind(real(x)) if isinstance(x, (int, float)) else x


def as_python(x: Numeric) -> Numeric:
    """Convert a Double or NumPy's float to Python's."""
    return float(x) if isinstance(x, float) or (is_numpy_number(x) and x.dtype.kind == "f") else x


def without_integers(x: Numeric) -> Numeric:
    """Convert an array of integers or truth values to floats."""
    return x.astype(float) if is_array(x) and x.dtype.kind in "iub" else x
