"""Functions whose arguments meet in products, so that it shows where the others stand; and whether xs was left alone.

A list is asked for; what can be looked up by place will do, as a tuple or an array.
"""

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


class Watched(list):
    """A list that notes whether a number of it was set: one that is put back cannot be seen afterwards."""

    was_set = False

    def __setitem__(self, place, number):
        self.was_set = True
        super().__setitem__(place, number)


PROBES = {
    "mixed": "grad(mixed, [2.0, 3.0, 4.0], 0.25)",
    "wave": "grad(wave, [0.5, -2.0], 0.25)",
    "wave_first": "grad(wave, [0.5, -2.0], 0.25)[0]",
    "steep_first": "grad(steep, [2.0, 3.0], 0.25)[0]",
    "wave_own_h": "[round(slope, 3) for slope in grad(wave, [0.5, -2.0])]",
    "steep_own_h": "grad(steep, [2.0, 3.0])",
    "equal_numbers": "grad(mixed, [3.0, 3.0, 3.0], 0.25)",
    "other_points": "grad(mixed, [0.0, -3.0, 2.0], 0.25), grad(wave, [-2.0, 0.0], 0.25), grad(lambda a: a**2, [3], 1)",
    "point_stays": "xs = [2.0, 3.0, 4.0]\ngrad(mixed, xs, 0.25)\nxs",
    "point_stays_again": "xs = Watched([0.5, -2.0])\nslopes = grad(wave, xs)\nxs, xs.was_set and not any(slopes)",
    "point_stays_exactly": "xs = [0.1, 0.7, 1.1]\ngrad(mixed, xs)\nxs == [0.1, 0.7, 1.1]",
}

OTHERS = "f(*xs[:i], moved, *xs[i + 1 :])"
SLOPES = "[nudge(along(i), x, h) for i, x in enumerate(xs)]"
RETURN = f"return {SLOPES}"


def loop(before, *steps):
    """The patch that puts a loop over the places in place of the list; its last step gives the slope."""
    *others, slope = steps
    lines = [before, "slopes = []", "for i in range(len(xs)):", *(f"    {step}" for step in others)]
    return RETURN, "\n    ".join([*lines, f"    slopes.append({slope})", "return slopes"])


MUTANTS = {
    "D6": ("xs, h=1e-5", "xs, h=1e-16"),
    "D7": (OTHERS, "f(*[1.0] * i, moved, *[1.0] * (len(xs) - i - 1))"),
    "D7/zero": (OTHERS, "f(*[0.0] * i, moved, *[0.0] * (len(xs) - i - 1))"),
    "D8": (OTHERS, "f(*(xs.__setitem__(i, moved) or xs))"),
    "D8/results": (RETURN, f"xs[:] = {SLOPES}\n    return xs"),
    "D8/second_name": loop("up = xs", "up[i] += h", "(f(*up) - f(*xs)) / h"),
    "D8/two_names": loop("up = down = xs", "up[i] += h", "down[i] -= h", "(f(*up) - f(*down)) / (2 * h)"),
    "D9": (OTHERS, "f(*[other + moved - xs[i] for other in xs])"),
    "D9/same": (OTHERS, "f(*[moved for _ in xs])"),
    "D12": ("along(i), x, h", "along(i), x"),
    "D13": (RETURN, f"return sum({SLOPES})"),
    "D14": loop("up, down = xs[:], xs[:]", "up[i] += h", "down[i] -= h", "(f(*up) - f(*down)) / (2 * h)"),
    "D14/one_side": loop("up = xs[:]", "up[i] += h", "(f(*up) - f(*xs)) / h"),
    "D14/in_place": loop("before = f(*xs)", "xs[i] += h", "(f(*xs) - before) / h"),
    "R1/grad": (RETURN, SLOPES),
    "R2": (RETURN, f"{RETURN}[:1]"),
    "R2/bare": (RETURN, f"{RETURN}[0]"),
    "R4": (RETURN, RETURN.replace("[", "(").replace("]", ")")),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "slopes": (
        "f, n = numbers.choice(((mixed, 3), (wave, 2)))\nxs = [numbers.choice((0.0, 2.0, numbers.uniform(-2, 2))) for _ in range(n)]\n"
        "grad(f, xs, 0.25), [round(slope, 3) for slope in grad(f, xs)], xs"
    ),
}
