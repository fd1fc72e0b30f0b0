"""h = 0.25 shows every slip in the quotient: 0.5 would hide a missing division, as 2·0.5 is 1, and a tiny h one side."""

import math

NAMES = ("nudge",)
NEEDS = ()
MINUTES = 10

PROBES = {
    "cubic": "nudge(lambda x: x**3 - 2 * x, 2.0, 0.25)",
    "sine": "nudge(math.sin, 1.0, 0.25)",
    "sine_own_h": "round(nudge(math.sin, 2.0), 5)",
    "steep_own_h": "nudge(lambda x: 1e12 * x, 2.0)",
    "as_far_on_either_side": "nudge(lambda x: x**2, 0.0, 0.25), nudge(math.cos, 0.0, 0.25), nudge(lambda x: 5.0, 1.0, 0.25)",
}

SUM = "(f(x + h) - f(x - h)) / (2 * h)"

MUTANTS = {
    "D1": (SUM, "(f(x + h) - f(x)) / h"),
    "D2": (SUM, "(f(x) - f(x - h)) / h"),
    "D3": (SUM, "(f(x + h) - f(x - h)) / h"),
    "D3/wide": (SUM, "(f(x + 2 * h) - f(x - 2 * h)) / (2 * h)"),
    "D4": (SUM, "f(x + h) - f(x - h)"),
    "D12": (SUM, "(f(x + 1e-5) - f(x - 1e-5)) / (2 * 1e-5)"),
    "D12/hundredth": (SUM, "(f(x + 0.01) - f(x - 0.01)) / (2 * 0.01)"),
    "D11": (SUM, "f(x + h) - f(x - h) / (2 * h)"),
    "D11/everywhere": (SUM, "f(x + h) - f(x - h) / 2 * h"),
    "D11/one_side": (SUM, "f(x + h) - f(x) / h"),
    "D10": (SUM, "(f(x + h) - f(x - h)) / 2 * h"),
    "D5": (SUM, "(f(x - h) - f(x + h)) / (2 * h)"),
    "D6": ("h=1e-5", "h=1e-16"),
    "R1": (f"return {SUM}", SUM),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "slope": (
        "a, b, x = (numbers.uniform(-3, 3) for _ in range(3))\n"
        "f = lambda x: a * math.sin(b * x) + x**3\nnudge(f, x, numbers.choice((0.25, 0.01))), round(nudge(f, x), 5)"
    ),
}
