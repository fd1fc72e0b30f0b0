"""Claims with one thing wrong, claims that are right where a careless check complains, and five engines.

A claim that is twice as large, turned round, or 0, is what a wrong slope would take for right.
"""

import math

NAMES = ("gradcheck", "broken")
NEEDS = ()
MINUTES = 20


class TooMuchWork(Exception):
    """An engine was asked for more operations than any check of a few functions needs."""


def engine(adds=True, square=True, upstream=True, at_kink=0.0):
    """An engine f, xs → value, gradient: right, unless it is told to overwrite gradients or to use a wrong rule."""

    class Number:
        def __init__(self, data, parents=(), pull=lambda g: ()):
            self.data, self.parents, self.pull, self.grad = data, parents, pull, 0.0

        def __add__(self, other):
            return Number(self.data + of(other).data, (self, of(other)), lambda g: (g, g))

        def __mul__(self, other):
            a, b = self.data, of(other).data
            return Number(a * b, (self, of(other)), lambda g: (g * b, g * a))

        def __truediv__(self, other):
            a, b = self.data, of(other).data
            return Number(a / b, (self, of(other)), lambda g: (g / b, -g * a / (b * b if square else b)))

        def __pow__(self, k):
            a = self.data
            return Number(a**k, (self,), lambda g: (g * k * a ** (k - 1),))

        def exp(self):
            out = math.exp(self.data)
            return Number(out, (self,), lambda g: (g * out,))

        def log(self):
            a = self.data
            return Number(math.log(a), (self,), lambda g: (g / a,))

        def tanh(self):
            out = math.tanh(self.data)
            return Number(out, (self,), lambda g: ((g if upstream else 1.0) * (1 - out**2),))

        def relu(self):
            slope = at_kink if self.data == 0 else float(self.data > 0)
            return Number(max(self.data, 0.0), (self,), lambda g: (g * slope,))

        def __neg__(self):
            return self * -1.0

        def __sub__(self, other):
            return self + of(other) * -1.0

        def __rsub__(self, other):
            return of(other) - self

        def __rtruediv__(self, other):
            return of(other) / self

        __radd__, __rmul__ = __add__, __mul__

    def of(thing):
        return thing if isinstance(thing, Number) else Number(thing)

    def run(f, xs):
        """The value of f at xs, and its gradient."""
        leaves = [Number(x) for x in xs]
        out = of(f(*leaves))
        order, seen, stack = [], set(), [(out, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack += [(node, True), *((parent, False) for parent in node.parents)]
        out.grad = 1.0
        for node in reversed(order):
            for parent, gradient in zip(node.parents, node.pull(node.grad)):
                parent.grad = parent.grad + gradient if adds else gradient
        return out.data, [leaf.grad for leaf in leaves]

    return run


RIGHT, OTHER_RIGHT = engine(), engine(at_kink=1.0)
OVERWRITES, NO_SQUARE, NO_UPSTREAM = engine(adds=False), engine(square=False), engine(upstream=False)

ENGINES = {"a": OVERWRITES, "b": RIGHT, "c": NO_SQUARE, "d": OTHER_RIGHT, "e": NO_UPSTREAM}
SAME_ENGINES = {"north": OTHER_RIGHT, "east": NO_UPSTREAM, "south": OVERWRITES, "west": NO_SQUARE, "here": RIGHT}


def on(claim, *xs, more=""):
    """A probe: gradcheck on a claim about xs that is given as text; more is looked at behind it."""
    return f"xs = {list(xs)}\nsorted(gradcheck(lambda xs: {claim}, xs)){more}"


PROBES = {
    "right": on("(xs[0] ** 3, [3 * xs[0] ** 2])", 2.0),
    "too_small": on("(xs[0] ** 3, [xs[0] ** 2])", 2.0),
    "twice": on("(xs[0] ** 3, [6 * xs[0] ** 2])", 2.0),
    "turned": on("(xs[0] ** 3, [-3 * xs[0] ** 2])", 2.0),
    "zero": on("(xs[0] ** 3, [0.0])", 2.0),
    "ignored": on("(xs[0] ** 2, [2 * xs[0], 0.0])", 3.0, 5.0),
    "first_third_and_last": on("(xs[0] * xs[1] + xs[2] ** 2, [xs[0], xs[0], xs[2], 1.0])", 2.0, 3.0, 4.0, 0.0),
    "both": on("(xs[0] * xs[1], [xs[0], xs[1]])", 2.0, 3.0),
    "equal_numbers": on("(xs[0] * xs[1], [xs[1], xs[0]])", 3.0, 3.0),
    "one_percent_off": on("(xs[0] ** 3, [3.03 * xs[0] ** 2])", 2.0),
    "small": on("(1e-6 * xs[0] ** 2, [1e-6 * xs[0]])", 3.0),
    "large_wrong": on("(1e6 * xs[0] ** 3, [1e6 * xs[0] ** 2])", 20.0),
    "large_wrong_again": on("(1e6 * xs[0] ** 4, [3e6 * xs[0] ** 3])", 20.0),
    "steep": on("(math.exp(50 * xs[0]), [50 * math.exp(50 * xs[0])])", 0.3),
    "minimum": on("((xs[0] - 4) ** 2, [2 * (xs[0] - 4)])", 4.0),
    "minimum_again": on("((xs[0] - 1) ** 2, [2 * (xs[0] - 1)])", 1.0),
    "minimum_wrong": on("((xs[0] - 4) ** 2, [1.0])", 4.0),
    "minimum_wrong_again": on("((xs[0] - 1) ** 2, [xs[0]])", 1.0),
    "relu_at_0": on("(max(xs[0], 0.0), [0.0])", 0.0),
    "min_at_0": on("(min(xs[0], 0.0), [0.0])", 0.0),
    "kink_and_wrong": on("(max(xs[0], 0.0) + xs[1] ** 2, [0.0, xs[1]])", 0.0, 3.0, more=", xs"),
    "wrong_and_kink": on("(xs[0] ** 2 + abs(xs[1]), [xs[0], 0.0])", 3.0, 0.0),
    "engines": "sorted(broken(ENGINES))",
    "engines_alone": "[list(broken({name: engine})) for name, engine in SAME_ENGINES.items()]",
}

GAP = """        if abs(right - left) > max(0.01 * abs(right), 0.01 * abs(left), 1e-3):
            continue
"""
SLOPE = "slope = (above - below) / (2 * h)"
WRONG = "abs(claim - slope) > tolerance * max(abs(claim), abs(slope), 1e-3)"

USED_TWICE = ("(lambda a, b: (a + b) * (a - 2 * b) * a, ", "(lambda a, b: 3 * (a + b), ")
AT_ONE = ("(lambda a, b: 3 * (a / b), [5.0, 2.0])", "(lambda a, b: 3 * (a / b), [1.0, 1.0])")
LAST = ("3 * a.tanh() + b * 5, ", "a.tanh() + b, ")
KINK_RATIO = "abs(right - left) / max(abs(right), abs(left)) > 0.01 and abs(right - left) > 1e-3"

MUTANTS = {
    "D6": ("h=1e-5", "h=1e-16"),
    "D5": (SLOPE, "slope = (below - above) / (2 * h)"),
    "D4": (SLOPE, "slope = above - below"),
    "D3": (SLOPE, "slope = (above - below) / h"),
    "D1": (SLOPE, "slope = right"),
    "D9": ("x + step if j == i else x for j, x in enumerate(xs)", "x + step for x in xs"),
    "D8": ("    return [x + step if j == i else x for j, x in enumerate(xs)]", "    xs[i] += step\n    return xs"),
    "G1": (WRONG, "abs(claim - slope) > tolerance"),
    "G2": (GAP, ""),
    "G3": (WRONG, "slope - claim > tolerance * max(abs(claim), abs(slope), 1e-3)"),
    "G3/other": (WRONG, "claim - slope > tolerance * max(abs(claim), abs(slope), 1e-3)"),
    "G4": (WRONG, "abs(claim - slope) / abs(claim) > tolerance"),
    "G4/slope": (WRONG, "abs(claim - slope) / abs(slope) > tolerance"),
    "G4/kink": ("abs(right - left) > max(0.01 * abs(right), 0.01 * abs(left), 1e-3)", KINK_RATIO),
    "G5": (WRONG, "abs(claim - slope) > tolerance * max(abs(claim), abs(slope))"),
    "G6": (", 1e-3):\n            continue", "):\n            continue"),
    "G7": (GAP, GAP.replace("continue", "return []")),
    "G8/and_9": (USED_TWICE, AT_ONE),
    "G8/and_10": (USED_TWICE, LAST),
    "G8/all": (USED_TWICE, AT_ONE, LAST),
    "G9/and_10": (AT_ONE, LAST),
    "G8": USED_TWICE,
    "G9": AT_ONE,
    "G10": LAST,
    "G11": ("tolerance=1e-4", "tolerance=0.1"),
    "G12": ("wrong.append(i)", "return [i]"),
    "G13": ("max(0.01 * abs(right), 0.01 * abs(left), 1e-3)", "1e-3"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "claims": (
        "k, x, y = (numbers.choice((-1, 1)) * numbers.uniform(0.5, 3) for _ in range(3))\nfactor = numbers.choice((1, 1, 2, 0.9, -1, 0))\n"
        "f = lambda xs: (k * xs[0] ** 3 * xs[1] + xs[1] ** 2, [factor * 3 * k * xs[0] ** 2 * xs[1], k * xs[0] ** 3 + 2 * xs[1]])\n"
        "gradcheck(f, [x, y])"
    ),
    "kinks": (
        "k, slope, y = (numbers.choice((-1, 1)) * numbers.uniform(0.5, 3) for _ in range(3))\n"
        "f = lambda xs: (k * abs(xs[0]) + slope * xs[0] + xs[1] ** 2, [slope + k, numbers.choice((2, 3)) * xs[1]])\n"
        "gradcheck(f, [0.0, y])"
    ),
    "engines": "names = list(ENGINES)\nnumbers.shuffle(names)\nbroken({name: ENGINES[name] for name in names})",
}
OPEN = {"the file": "a learner's trials are as good as these where they find the three broken engines"}
