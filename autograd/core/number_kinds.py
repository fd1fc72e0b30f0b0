"""Kinds of numbers: Python's, NumPy's, whole, real and complex, one turned into the other for a rule that needs it."""

from __future__ import annotations

import numbers
from collections.abc import Callable

import numpy as np

from autograd.numeric import Numeric, is_value, real
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of

__all__ = ["as_numpy", "as_python", "is_complex", "real_number", "without_axes", "without_integers"]


def real_number(number: object, what: str) -> float:
    """The Python float of a real number; TypeError, naming the type, for anything else."""
    if isinstance(number, np.ndarray) and not number.ndim:
        number = plain_array(number, f"what {what} takes").item()
    if isinstance(number, (numbers.Real, np.bool_)):
        return real(number)
    if is_value(number):
        raise TypeError(f"{what} takes a number, not a Value: use it as it is, or .data for its number")
    if isinstance(number, np.ndarray):
        raise TypeError(f"{what} takes one number, not an array of shape {number.shape}: make a Value of each element")
    raise TypeError(f"{what} takes a number, not {kind_of(number)}")


def without_axes(x: Numeric, operation: str) -> Numeric:
    """The number of an array of no axes, an operand of this operation; anything else as it is."""
    return plain_array(x, f"an operand of {operation}").item() if isinstance(x, np.ndarray) and not x.ndim else x


def is_complex(x: object) -> bool:
    """Whether it is a complex number, or an array of them."""
    return isinstance(x, complex) or (isinstance(x, np.ndarray) and x.dtype.kind == "c")


def as_numpy(x: Numeric, kind: Callable[[float], np.generic]) -> Numeric:
    """A plain number as NumPy's, which neither raises nor becomes complex."""
    return kind(x) if isinstance(x, (int, float)) else x


def as_python(x: Numeric) -> Numeric:
    """NumPy's float as Python's."""
    return float(x) if isinstance(x, np.floating) else x


def without_integers(x: Numeric) -> Numeric:
    """An array of whole numbers or truth values as one of floats."""
    return x.astype(float) if isinstance(x, np.ndarray) and x.dtype.kind in "iub" else x
