"""Inputs at which the usual slips differ: 5/2 and not 1/1, where a/b, -a/b and -1/b² are alike up to sign; 7 and -3 arrive.

-3 arrives at several results, of equal numbers, of 0, of whole numbers and of some with many digits as well: each pull
keeps its own numbers. And 0 arrives.
"""

NAMES = ("neg_rule", "sub_rule", "div_rule", "pow_rule", "rsub", "rdiv")
NEEDS = ()
MINUTES = 20

PROBES = {
    "neg_value": "[neg_rule(x)[0] for x in (3.0, -2.5, 0.0, 1.23456789, 4)]",
    "neg": "out, pull = neg_rule(3.0)\npull(1.0), pull(7.0)",
    "neg_minus": (
        "pulls = [neg_rule(x)[1] for x in (0.5, 0.0, -2.5, 1.23456789, 4)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0.0)"
    ),
    "sub_value": "[sub_rule(a, b)[0] for a, b in ((5.0, 3.0), (3.0, 3.0), (0.123456789, -7e-5), (2, 5))]",
    "sub": "out, pull = sub_rule(5.0, 3.0)\npull(1.0), pull(7.0)",
    "sub_minus": (
        "pulls = [sub_rule(a, b)[1] for a, b in ((0.5, -1.5), (3.0, 3.0), (0.123456789, -7e-5), (2, 5))]\n"
        "[pull(-3.0) for pull in pulls], pulls[0](0.0)"
    ),
    "div_value": "[div_rule(a, b)[0] for a, b in ((5.0, 2.0), (0.0, -2.0), (7e-3, -0.0123456789), (5, 2))]",
    "div": "out, pull = div_rule(5.0, 2.0)\npull(1.0), pull(7.0)",
    "div_minus": (
        "pulls = [div_rule(a, b)[1] for a, b in ((-1.5, 0.5), (0.0, 2.0), (3.0, 3.0), (7e-3, -0.0123456789), (5, 2))]\n"
        "[pull(-3.0) for pull in pulls], pulls[0](0.0)"
    ),
    "pow_value": "[pow_rule(a, b)[0] for a, b in ((2.0, 3.0), (2.0, 0.0), (4.0, 0.5), (1.23456789, -7e-3), (3, -1))]",
    "pow": "out, pull = pow_rule(2.0, 3.0)\npull(1.0), pull(7.0)",
    "pow_minus": (
        "pulls = [pow_rule(a, b)[1] for a, b in ((1.5, -2.5), (0.25, 2.0), (3.0, 3.0), (2.0, 0.0), (1.0, 3.0), (4.0, 0.5), (3, -1))]\n"
        "[pull(-3.0) for pull in pulls], pulls[0](0.0)"
    ),
    "pow_negative_base": "out, pull = pow_rule(-2.0, 3)\npull(7.0)",
    "pow_zero_base": "out, pull = pow_rule(0.0, 3.0)\npull(7.0)",
    "rsub_value": "rsub(4.0, 1.0)[0]",
    "rsub": "out, pull = rsub(4.0, 1.0)\npull(1.0), pull(7.0)",
    "rsub_minus": (
        "rules = [rsub(a, b) for a, b in ((-2.0, 3.0), (3.0, 3.0), (0.123456789, -7e-5), (2, 5))]\n"
        "[(out, pull(-3.0)) for out, pull in rules], rules[0][1](0.0)"
    ),
    "rdiv_value": "rdiv(4.0, 1.0)[0]",
    "rdiv": "out, pull = rdiv(4.0, 1.0)\npull(1.0), pull(7.0)",
    "rdiv_minus": (
        "rules = [rdiv(a, b) for a, b in ((-2.0, 5.0), (2.0, 0.0), (3.0, 3.0), (-0.0123456789, 7e-3), (2, 5))]\n"
        "[(out, pull(-3.0)) for out, pull in rules], rules[0][1](0.0)"
    ),
}

DIV = "(g / b, -g * a / b**2)"
RDIV = "(-g * other / a**2, g / a)"

MUTANTS = {
    "M16": ("lambda g: (-g,)", "lambda g: (g,)"),
    "M17": ("(g, -g)", "(g, g)"),
    "M17/rsub": ("(-g, g)", "(g, g)"),
    "M18": ("other - a, lambda g: (-g, g)", "a - other, lambda g: (g, -g)"),
    "M19": (DIV, "(g / b, g * a / b**2)"),
    "M19/rdiv": (RDIV, "(g * other / a**2, g / a)"),
    "M20": (DIV, "(g / b, -g * a / b)"),
    "M20/rdiv": (RDIV, "(-g * other / a, g / a)"),
    "M21": (DIV, "(g / b, 0.0)"),
    "M21/rdiv": (RDIV, "(0.0, g / a)"),
    "M22": (DIV, "(g / b, -g / b**2)"),
    "M23": (f"other / a, lambda g: {RDIV}", "a / other, lambda g: (g / other, -g * a / other**2)"),
    "M24": ("b * a ** (b - 1)", "b * a**b"),
    "M25": ("b * a ** (b - 1)", "a ** (b - 1)"),
    "M26": ("(g * by_base, g * by_exponent)", "(by_base, by_exponent)"),
    "M27": ("a**b * math.log(a) if a > 0 else 0.0", "0.0"),
    "M28": ("a**b * math.log(a) if", "a**b if"),
    "M48": (("(-g, g)", "(g, -g)"), (RDIV, "(g / a, -g * other / a**2)")),
    "M49/neg": ("lambda g: (-g,)", "lambda g: (-1.0,)"),
    "M49/sub": ("(g, -g)", "(1.0, -1.0)"),
    "M49/div": (DIV, "(1 / b, -a / b**2)"),
    "M49/rsub": ("(-g, g)", "(-1.0, 1.0)"),
    "M49/rdiv": (RDIV, "(-other / a**2, 1 / a)"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "rules": (
        "a, b, g = (numbers.choice((1.0, 2.0, numbers.uniform(-3, 3))) for _ in range(3))\n"
        "out, pull = numbers.choice((sub_rule, div_rule, rsub, rdiv))(a, b)\nout, pull(g)"
    ),
    "neg": "out, pull = neg_rule(numbers.uniform(-3, 3))\nout, list(pull(numbers.uniform(-3, 3)))",
    "pow": (
        "out, pull = pow_rule(numbers.choice((1.0, numbers.uniform(0, 3))), numbers.uniform(-3, 3))\n"
        "out, pull(numbers.uniform(-3, 3))"
    ),
    "pow_whole": "out, pull = pow_rule(numbers.uniform(-3, 3), numbers.randint(-3, 4))\nout, pull(numbers.uniform(-3, 3))",
}
