"""Functions whose arguments meet in products, so that it shows where the others stand; and whether xs was left alone."""

import math

NAMES = ("grad",)
NEEDS = ("e01_nudge",)
MINUTES = 10


def mixed(a, b, c):
    """A function of three numbers; its slopes are b², 2ab + c and b."""
    return a * b**2 + b * c


def wave(a, b):
    """A function of two numbers that is no polynomial."""
    return math.exp(a * b) - a**3


def steep(a, b):
    """So steep that even a tiny difference of it shows."""
    return 1e12 * (a * b + a)


PROBES = {
    "mixed": "grad(mixed, [2.0, 3.0, 4.0], 0.25)",
    "wave": "grad(wave, [0.5, -2.0], 0.25)",
    "mixed_own_h": "[round(slope, 1) for slope in grad(mixed, [200.0, 300.0, 4.0])]",
    "steep_own_h": "grad(steep, [2.0, 3.0])",
    "point_stays": "xs = [2.0, 3.0, 4.0]\ngrad(mixed, xs, 0.25)\nxs",
    "point_stays_again": "xs = [0.5, -2.0]\ngrad(wave, xs)\nxs",
}

OTHERS = "f(*xs[:i], moved, *xs[i + 1 :])"

MUTANTS = {
    "D6": ("xs, h=1e-5", "xs, h=1e-16"),
    "D7": (OTHERS, "f(*[1.0] * i, moved, *[1.0] * (len(xs) - i - 1))"),
    "D7/zero": (OTHERS, "f(*[0.0] * i, moved, *[0.0] * (len(xs) - i - 1))"),
    "D8": (OTHERS, "f(*(xs.__setitem__(i, moved) or xs))"),
    "D8/results": (
        "return [nudge(along(i), x, h) for i, x in enumerate(xs)]",
        "xs[:] = [nudge(along(i), x, h) for i, x in enumerate(xs)]\n    return xs",
    ),
    "D9": (OTHERS, "f(*[other + moved - xs[i] for other in xs])"),
}
