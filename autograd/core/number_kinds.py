"""Conversions between kinds of numbers: Python's and NumPy's; integers, real and complex numbers."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable

import numpy as np

from autograd.core.recording import is_recording, refusal
from autograd.numeric import Numeric, is_value, real
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of

__all__ = [
    "LISTS",
    "USE_AN_ARRAY",
    "as_numpy",
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
    if isinstance(number, np.ndarray) and not number.ndim:
        number = plain_array(number, f"the argument of {what}").item()
    if isinstance(number, (numbers.Real, np.bool_)):
        return real(number)
    if is_value(number):
        if is_recording():
            raise refusal(f"{what} takes a number, not a Value", "the Value itself: all inputs are Values already")
        raise TypeError(
            f"{what} takes a number, not a Value\n  try             v.data for its number, or the Value itself"
        )
    if isinstance(number, np.ndarray):
        raise TypeError(
            f"{what} takes one number, not an array of shape {number.shape}\n"
            "  try             [Value(x) for x in array.flat], a Value for each element"
        )
    raise TypeError(f"{what} takes a number, not {kind_of(number)}")


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
    return plain_array(x, f"an operand of {operation}").item() if isinstance(x, np.ndarray) and not x.ndim else x


def is_complex(x: object) -> bool:
    """Whether x is a complex number or an array of them."""
    return isinstance(x, complex) or (isinstance(x, np.ndarray) and x.dtype.kind == "c")


def as_numpy(x: Numeric, kind: Callable[[float], np.generic]) -> Numeric:
    """Convert a plain number to NumPy's, which neither raises nor becomes complex."""
    return kind(x) if isinstance(x, (int, float)) else x


def as_python(x: Numeric) -> Numeric:
    """Convert NumPy's float to Python's."""
    return float(x) if isinstance(x, np.floating) else x


def without_integers(x: Numeric) -> Numeric:
    """Convert an array of integers or truth values to floats."""
    return x.astype(float) if isinstance(x, np.ndarray) and x.dtype.kind in "iub" else x
