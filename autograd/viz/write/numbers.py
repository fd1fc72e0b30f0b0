"""Numbers as pictures and players write them."""

from __future__ import annotations

import math

__all__ = ["cell", "datum", "figure", "number", "plain", "subscript"]


def number(value: float) -> str:
    """A number, as a reader sees it: five digits, which tell apart what the numbers of a small network differ in.

    >>> number(6.8813735870195432), number(-1e-300), number(-0.0), number(float("nan"))
    ('6.8814', '−1e−300', '0', 'nan')
    """
    return _printed(plain(value))


def plain(value: float) -> str:
    """The same as Python and JavaScript read it.

    >>> plain(-1e-300), plain(-0.0)
    ('-1e-300', '0')
    """
    return f"{value + 0.0:.5g}"  # −0 + 0 is 0


def datum(value: float) -> str:
    """The number of a value: the sign of its zero is shown, because 1/x and atan2 tell the two apart.

    >>> datum(-0.0), datum(-1.5)
    ('−0', '−1.5')
    """
    return "−0" if value == 0 and math.copysign(1.0, value) < 0 else number(value)


def cell(value: float) -> str:
    """A number in at most seven characters, with as many decimals as its neighbours in time have.

    >>> [cell(x) for x in (0.0, -0.01234, 12.5, -1e-5, 123456.0, float("nan"))]
    ['0', '−0.012', '12.50', '−1e−5', '1.2e5', 'nan']
    """
    size = abs(value)
    if not math.isfinite(size):
        return _printed(f"{value}")
    if value == 0:
        return "0"
    if 0.001 <= size < 1e5:
        decimals = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
        return _printed(f"{value:.{decimals}f}")
    mantissa, exponent = f"{value:.{int(1e-9 <= size < 1e10)}e}".split("e")  # no decimal before a two-digit exponent
    return _printed(f"{mantissa.removesuffix('.0')}e{int(exponent)}")


def figure(value: float) -> str:
    """A number with three significant digits.

    >>> [figure(x) for x in (0.0, -0.0012345, 1829.3, 1e-7, float("inf"))]
    ['0', '−0.00123', '1829', '1e−7', 'inf']
    """
    if 1000 <= abs(value) < 1e5:
        return _printed(f"{value:.0f}")
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return _printed(f"{mantissa}e{int(exponent)}" if exponent else mantissa)


def subscript(index: int) -> str:
    """As in x₁₂.

    >>> subscript(12)
    '₁₂'
    """
    return str(index).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _printed(text: str) -> str:
    return text.replace("-", "−")
