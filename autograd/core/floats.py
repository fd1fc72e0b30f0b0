"""Functions of floats that ``math`` lacks: sign, rounding, maximum and minimum, as in IEEE 754 and NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["fmax", "fmin", "maximum", "minimum", "rounded", "sign"]


def sign(x: float) -> float:
    """The sign of x: −1, 0 or 1; nan for nan."""
    return 1.0 if x > 0 else -1.0 if x < 0 else 0.0 if x == 0 else x


def rounded(whole: Callable[[float], int]) -> Callable[[float], float]:
    """Turn a function that returns an int into one that returns a float, including −0.0."""
    return lambda x: math.copysign(whole(x), x)


def fmax(x: float, y: float) -> float:
    """The larger number; nan is ignored if the other is a number."""
    return x if x > y or y != y else y


def fmin(x: float, y: float) -> float:
    """The smaller number; nan is ignored if the other is a number."""
    return x if x < y or y != y else y


def maximum(x: float, y: float) -> float:
    """The larger number; nan if either is nan."""
    return x if x > y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller number; nan if either is nan."""
    return x if x < y or x != x else y
