"""h = 0.25 shows every slip in the quotient: 0.5 would hide a missing division, as 2·0.5 is 1, and a tiny h one side."""

import math

NAMES = ("nudge",)
NEEDS = ()
MINUTES = 10


def cubic(x):
    """x³ - 2x, whose slope is 3x² - 2."""
    return x**3 - 2 * x


def steep(x):
    """A line so steep that even a tiny difference of it shows."""
    return 1e12 * x


PROBES = {
    "cubic": "nudge(cubic, 2.0, 0.25)",
    "sine": "nudge(math.sin, 1.0, 0.25)",
    "sine_own_h": "round(nudge(math.sin, 2.0), 5)",
    "steep_own_h": "nudge(steep, 2.0)",
}

SUM = "(f(x + h) - f(x - h)) / (2 * h)"

MUTANTS = {
    "D1": (SUM, "(f(x + h) - f(x)) / h"),
    "D2": (SUM, "(f(x) - f(x - h)) / h"),
    "D3": (SUM, "(f(x + h) - f(x - h)) / h"),
    "D4": (SUM, "f(x + h) - f(x - h)"),
    "D10": (SUM, "(f(x + h) - f(x - h)) / 2 * h"),
    "D5": (SUM, "(f(x - h) - f(x + h)) / (2 * h)"),
    "D6": ("h=1e-5", "h=1e-16"),
}
