"""What ``math`` lacks on Python's floats, as IEEE 754 and NumPy have it: sign, rounding, the larger and the smaller."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["fmax", "fmin", "maximum", "minimum", "rounded", "sign"]


def sign(x: float) -> float:
    """−1, 0 or 1; nan is nan."""
    return 1.0 if x > 0 else -1.0 if x < 0 else 0.0 if x == 0 else x


def rounded(whole: Callable[[float], int]) -> Callable[[float], float]:
    """The function that makes a float of Python's whole number, which has no −0.0."""
    return lambda x: math.copysign(whole(x), x)


def fmax(x: float, y: float) -> float:
    """The larger number; of a number and nan the number."""
    return x if x > y or y != y else y


def fmin(x: float, y: float) -> float:
    """The smaller number; of a number and nan the number."""
    return x if x < y or y != y else y


def maximum(x: float, y: float) -> float:
    """The larger number, or nan."""
    return x if x > y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller number, or nan."""
    return x if x < y or x != x else y
