"""Away from 0, where tanh and its slips agree, and with 7 and -3 arriving; relu at its kink gives a note, not a failure.

-3 arrives at several results, near 0, far out and at whole numbers as well: each pull keeps its own number. And 0 arrives.
"""

NAMES = ("exp_rule", "log_rule", "tanh_rule", "sigmoid_rule", "relu_rule")
NEEDS = ()
MINUTES = 20

PROBES = {
    "exp_value": "[exp_rule(x)[0] for x in (2.0, -1.5, 0.0, 1.23456789, 12.0, 3)]",
    "exp": "out, pull = exp_rule(2.0)\npull(1.0), pull(7.0)",
    "exp_minus": (
        "pulls = [exp_rule(x)[1] for x in (-1.5, 0.0, 1.23456789, 12.0, 3)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0.0)"
    ),
    "log_value": "[log_rule(x)[0] for x in (2.0, 0.5, 1.0, 1e-5, 23456.789, 7)]",
    "log": "out, pull = log_rule(2.0)\npull(1.0), pull(7.0)",
    "log_minus": (
        "pulls = [log_rule(x)[1] for x in (0.5, 1.0, 3.0, 0.0123, 23456.789, 7)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0.0)"
    ),
    "tanh_value": "[tanh_rule(x)[0] for x in (0.5, -0.8, 0.0, 0.0123456789, 20.0, 1)]",
    "tanh": "out, pull = tanh_rule(0.5)\npull(1.0), pull(7.0)",
    "tanh_minus": (
        "pulls = [tanh_rule(x)[1] for x in (-0.8, 0.0, 2.0, 0.0123456789, 20.0, 1)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0.0)"
    ),
    "sigmoid_value": "[sigmoid_rule(x)[0] for x in (0.5, -0.5, -1.0, -6.0, -15.0, 6.0, 0.0, 1)]",
    "sigmoid": "out, pull = sigmoid_rule(0.5)\npull(1.0), pull(7.0)",
    "sigmoid_minus": (
        "pulls = [sigmoid_rule(x)[1] for x in (2.0, 0.0, -0.5, -1.0, -6.0, -15.0, 6.0, 1)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0.0)"
    ),
    "sigmoid_far_left": "sigmoid_rule(-1000.0)[0]",
    "sigmoid_far_left_pull": "out, pull = sigmoid_rule(-1000.0)\npull(7.0)",
    "sigmoid_far_right": "sigmoid_rule(1000.0)[0]",
    "sigmoid_far_right_pull": "out, pull = sigmoid_rule(1000.0)\npull(7.0)",
    "relu_value": "[relu_rule(x)[0] for x in (-3.0, -0.01, 0.01, 0.5, 3.0, 1234.56789, -7, 7)]",
    "relu": "out, pull = relu_rule(3.0)\npull(1.0), pull(7.0)",
    "relu_minus": (
        "pulls = [relu_rule(x)[1] for x in (2.0, 0.5, 0.01, 1234.56789, 7)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0)"
    ),
    "relu_negative": "out, pull = relu_rule(-3.0)\npull(1.0), pull(7.0)",
    "relu_negative_minus": (
        "pulls = [relu_rule(x)[1] for x in (-2.0, -0.5, -0.01, -1234.5, -7)]\n"
        "[list(pull(-3.0)) for pull in pulls], pulls[0](0)"
    ),
    "relu_zero": "out, pull = relu_rule(0.0)\npull(1.0), pull(7.0)",
    "relu_zero_minus": "out, pull = relu_rule(0.0)\npull(-3.0)",
}

# At a kink there is a convention, and no right or wrong: where only these differ, the exercise is passed, with a note.
KINKS = ("relu_zero", "relu_zero_minus")

SIGMOID = """    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))
"""

MUTANTS = {
    "M36": ("lambda g: (g * out,)", "lambda g: (g * x,)"),
    "M37": ("lambda g: (g * out,)", "lambda g: (g * x * math.exp(x - 1),)"),
    "M38": ("math.log(x), lambda g: (g / x,)", "math.log(x), lambda g: (g / math.log(x),)"),
    "M29": ("g * (1 - out**2)", "g * (1 - x**2)"),
    "M30": ("g * (1 - out**2)", "g * (1 - out)"),
    "M31": ("g * (1 - out**2)", "g * out * (1 - out) "),
    "M32": ("g * (1 - out**2)", "1 - out**2"),
    "M33": ("g * out * (1 - out)", "g * x * (1 - x)"),
    "M34": ("g * out * (1 - out)", "g * sigmoid(out) * (1 - sigmoid(out))"),
    "M35": (SIGMOID, "    return 1 / (1 + math.exp(-x))\n"),
    "M35/right": (SIGMOID, "    return math.exp(x) / (1 + math.exp(x))\n"),
    "M39": ("(g if x > 0 else 0.0,)", "(g,)"),
    "M49/exp": ("lambda g: (g * out,)", "lambda g: (out,)"),
    "M49/log": ("(g / x,)", "(1 / x,)"),
    "M49/sigmoid": ("g * out * (1 - out)", "out * (1 - out)"),
    "M49/relu": ("(g if x > 0 else 0.0,)", "(1.0 if x > 0 else 0.0,)"),
    "M40": ("(g if x > 0 else 0.0,)", "(g if x >= 0 else 0.0,)"),
    "M41": ("(g if x > 0 else 0.0,)", "(g * max(x, 0.0),)"),
    "M42": ("(g if x > 0 else 0.0,)", "(g if g > 0 else 0.0,)"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "functions": (
        "x = numbers.choice((numbers.uniform(-3, 3), numbers.uniform(-20, 20)))\n"
        "out, pull = numbers.choice((exp_rule, tanh_rule, sigmoid_rule, relu_rule))(x)\nout, list(pull(numbers.uniform(-3, 3)))"
    ),
    "log": "out, pull = log_rule(numbers.uniform(0, 3))\nout, list(pull(numbers.uniform(-3, 3)))",
    "sigmoid_far": "out, pull = sigmoid_rule(numbers.uniform(-2000, 2000))\nout, list(pull(numbers.uniform(-3, 3)))",
}
