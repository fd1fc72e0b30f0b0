"""One probe for each node of the drawing, so that each right number counts. a and b are used twice."""

NAMES = ("ANSWERS",)
NEEDS = ()
MINUTES = 10
SHOW_EXPECTED = False  # the numbers are what is asked for: a wrong one is shown beside none


def gradient(answers, name):
    """The number that was filled in for a node."""
    if not isinstance(answers, dict):
        return f"ANSWERS is {type(answers).__name__}, and a dict is asked for"
    if answers.get(name) is None:
        raise NotImplementedError(f"nothing is filled in for {name}")
    return answers[name]


PROBES = {name: f"gradient(ANSWERS, {name!r})" for name in ("out", "e", "d", "c", "a", "b")}

FOLLOWS = {  # how each gradient follows from those before it; a is 2, b is -3 and d is -4
    "out": lambda g: 1.0,
    "e": lambda g: 5 * g["out"],
    "d": lambda g: -3 * g["e"],
    "c": lambda g: g["d"],
    "a": lambda g: g["d"] - 3 * g["c"],
    "b": lambda g: -4 * g["e"] + 2 * g["c"],
}

A, B = "grad_d + b * grad_c", "d * grad_e + a * grad_c"
VALUES = {"out": "5 * e", "e": "e", "d": "d", "c": "c", "a": "a", "b": "b"}

MUTANTS = {
    "M01": ((A, "b * grad_c"), (B, "a * grad_c")),
    "M01/first": ((A, "grad_d"), (B, "d * grad_e")),
    "M01/a": (A, "b * grad_c"),
    "M01/a_first": (A, "grad_d"),
    "M01/b": (B, "a * grad_c"),
    "M01/b_first": (B, "d * grad_e"),
    "M09": ("grad_out = 1.0", "grad_out = 5 * e"),
    "M10": (("grad_c = grad_d", "grad_c = 1.0"), (A, "1.0 + b * grad_c")),
    "M13": (("b * grad_e", "b"), (A, "grad_d + b"), (B, "d + a")),
    "M13/local": (("b * grad_e", "b"), ("grad_c = grad_d", "grad_c = 1.0"), (A, "1.0"), (B, "d")),
    "M13/other_local": (("b * grad_e", "b"), ("grad_c = grad_d", "grad_c = 1.0"), (A, "b"), (B, "a")),
    "M14": (("b * grad_e", "d * grad_e"), (A, "grad_d + a * grad_c"), (B, "b * grad_e + b * grad_c")),
    "M14/five": (
        ("5 * grad_out", "e * grad_out"),
        ("b * grad_e", "d * grad_e"),
        (A, "grad_d + a * grad_c"),
        (B, "b * grad_e + b * grad_c"),
    ),
    "M15": (
        ("5 * grad_out", "5 * e * grad_out"),
        ("b * grad_e", "e * grad_e"),
        (A, "grad_d + c * grad_c"),
        (B, "e * grad_e + c * grad_c"),
    ),
    "M15/five": ("5 * grad_out", "5 * e * grad_out"),
    "M15/but_five": (("b * grad_e", "e * grad_e"), (A, "grad_d + c * grad_c"), (B, "e * grad_e + c * grad_c")),
    "Q12": tuple((f'": grad_{name}', f'": {value}') for name, value in VALUES.items()),
    "Q12/but_out": tuple((f'": grad_{name}', f'": {value}') for name, value in VALUES.items() if name != "out"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {"answers": "ANSWERS"}
