"""Kinds of numbers: Python's, NumPy's, whole, real and complex, one turned into the other for a rule that needs it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograd.numeric import Numeric

__all__ = ["as_numpy", "as_python", "is_complex", "without_integers"]


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
