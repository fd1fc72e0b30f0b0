"""Each rule is also probed with 7 and with -3 arriving: at 1, a forgotten upstream cannot be seen.

-3 arrives at several results, of which some are made of 0, of equal or whole numbers, or of some with many digits: each
pull keeps its own numbers. And 0 arrives.
"""

NAMES = ("add_rule", "mul_rule")
NEEDS = ()
MINUTES = 15

PROBES = {
    "add_value": "out, pull = add_rule(5.0, 7.0)\nout, callable(pull)",
    "add": "out, pull = add_rule(5.0, 7.0)\npull(1.0), pull(7.0)",
    "add_minus": (
        "rules = [add_rule(a, b) for a, b in ((-4.0, 0.5), (0.0, 3.0), (2.0, 2.0), (0.123456789, -7e-5), (2, 3))]\n"
        "[(out, pull(-3.0)) for out, pull in rules], rules[0][1](0.0)"
    ),
    "mul_value": "out, pull = mul_rule(2.0, 3.0)\nout, callable(pull)",
    "mul": "out, pull = mul_rule(2.0, 3.0)\npull(1.0), pull(7.0)",
    "mul_minus": (
        "rules = [mul_rule(a, b) for a, b in ((-4.0, 0.5), (0.0, 3.0), (2.0, 0.0), (5.0, 5.0), (1.23456789, 7e-3), (2, 3))]\n"
        "[(out, pull(-3.0)) for out, pull in rules], rules[0][1](0.0)"
    ),
}

ADD, MUL = ("lambda g: (g, g)", "(1.0, 1.0)"), ("lambda g: (g * b, g * a)", "(b, a)")

MUTANTS = {
    "M10": ("lambda g: (g, g)", "lambda g: (1.0, 1.0)"),
    "M11": ("lambda g: (g, g)", "lambda g: (g, 0.0)"),
    "M12": ("lambda g: (g, g)", "lambda g: (g * b, g * a)"),
    "M12/own": ("lambda g: (g, g)", "lambda g: (g * a, g * b)"),
    "M13": ("(g * b, g * a)", "(b, a)"),
    "M14": ("(g * b, g * a)", "(g * a, g * b)"),
    "M15": ("(g * b, g * a)", "(g * a * b, g * a * b)"),
    "M15/one": ("(g * b, g * a)", "g * a * b"),
    "R3": (ADD, MUL),
    "R3/add": ADD,
    "R3/mul": MUL,
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "rules": (
        "a, b, g = (numbers.choice((0.0, 1.0, 2.0, numbers.uniform(-3, 3))) for _ in range(3))\n"
        "out, pull = numbers.choice((add_rule, mul_rule))(a, b)\nout, pull(g)"
    ),
}
