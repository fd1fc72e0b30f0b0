"""Numbers packed into text, for a page: the player's script unpacks them (web/training.js).

A page of a training is mostly numbers, so that their length is the page's: decision 0012 has what base64 would cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autograd.viz.training.record import Floats

__all__ = ["ALPHABET", "pack", "pack_shades", "rounded", "spelled"]

ALPHABET = "".join(chr(c) for c in range(33, 127) if chr(c) not in "\"&'<>\\")
BASE = len(ALPHABET)  # 88: what stands unescaped in HTML, JSON and JavaScript
LOWEST, EXPONENTS, MANTISSAS = (
    -30,
    37,
    9000,
)  # 1e-30 to 9.999e6 of either sign fit in 88³ codes
REGULAR = 2 * EXPONENTS * MANTISSAS


def pack(numbers: Floats) -> tuple[str, list[float]]:
    """Numbers with four significant digits, in three characters each; and those that have no such form, once each.

    A code is ((exponent + 30)·2 + is negative)·9000 + mantissa − 1000, or 666,000 + the index in the second list.

    >>> pack(np.array([0.5, 0.0, -123.456]))
    ('jx=}!4rXI', [0.0])
    """
    flat = np.asarray(numbers, float).ravel()
    with np.errstate(all="ignore"):
        exponent = np.floor(np.log10(np.abs(flat)))
        mantissa = np.rint(np.abs(flat) / 10.0**exponent * 1000)
    rounded_up = mantissa == 10_000
    exponent, mantissa = exponent + rounded_up, np.where(rounded_up, 1000, mantissa)
    regular = (mantissa >= 1000) & (exponent >= LOWEST) & (exponent < LOWEST + EXPONENTS)
    codes = ((exponent - LOWEST) * 2 + (flat < 0)) * MANTISSAS + mantissa - 1000
    odd: dict[str, int] = {}
    for i in np.flatnonzero(~regular):
        codes[i] = REGULAR + min(odd.setdefault(f"{flat[i]:.3e}", len(odd)), BASE**3 - REGULAR - 1)
    return spelled(codes.astype(np.intp), 3), [float(x) for x in odd]


def pack_shades(shades: Floats) -> str:
    """Numbers of about −1.5 to 1.5 in one character each, the finer the nearer to 0, where the boundary is.

    >>> pack_shades(np.array([-9.0, -0.01, 0.0, 0.01, 1.0]))
    '!MQUu'
    """
    half = (BASE - 1) // 2
    with np.errstate(invalid="ignore"):
        steps = np.rint(np.sign(shades) * np.sqrt(np.minimum(np.abs(shades), 1.5) / 1.5) * half) + half
    return spelled(np.nan_to_num(steps, nan=half).astype(np.intp).ravel(), 1)


def spelled(codes: NDArray[np.intp], length: int) -> str:
    """Whole numbers in so many characters each, the highest digit first."""
    letters = np.array(list(ALPHABET))
    digits = [letters[codes // BASE**power % BASE] for power in reversed(range(length))]
    return "".join(np.stack(digits, axis=-1).ravel().tolist())


def rounded(numbers: Sequence[float]) -> list[float]:
    """With four significant digits."""
    return [float(f"{x:.4g}") for x in numbers]
