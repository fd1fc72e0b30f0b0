"""Batches in which all sizes are 3, so that a wrong axis is silent, and batches in which all sizes are different."""

NAMES = ("squared_error", "forward", "gradients", "step")
NEEDS = ("e12_losses",)
MINUTES = 30
INHERITS = False


def example(n, d, h, k):
    """Parameters, inputs and classes of these sizes, the same in each call."""
    import numpy as np

    def array(*shape):
        numbers = np.arange(1.0, 1.0 + np.prod(shape))
        return np.round(np.sin(numbers * numbers + len(shape) + shape[-1]), 2).reshape(shape)

    parameters = {"W1": array(d, h), "b1": array(h), "W2": array(h, k), "b2": array(k)}
    return parameters, array(n, d) * 1.5, np.arange(2, 2 + n) * 2 % k


def differing(found, parameters, X, classes):
    """The names of those gradients that are not what the engine finds, with a Value for each number."""
    from e07_value import Value
    from e09_backward import backward
    from e12_losses import cross_entropy

    values = {name: [Value(float(x)) for x in array.ravel()] for name, array in parameters.items()}

    def layer(rows, weights, biases):
        n = len(biases)
        return [[sum((x * w for x, w in zip(row, weights[j::n])), biases[j]) for j in range(n)] for row in rows]

    hidden = [[total.tanh() for total in row] for row in layer(X.tolist(), values["W1"], values["b1"])]
    backward(cross_entropy(layer(hidden, values["W2"], values["b2"]), classes.tolist()))
    return [name for name in values if not all_close(found[name], [value.grad for value in values[name]])]


def all_close(found, expected):
    """Whether two arrays hold the same numbers, to nine digits."""
    import numpy as np

    found = np.ravel(found)
    return len(found) == len(expected) and np.allclose(found, expected, rtol=1e-9, atol=1e-12)


def moved(before, after, gradients, lr):
    """For each parameter, how many times lr times its gradient it has moved downhill."""
    import numpy as np

    found = []
    for name in before:
        way, wanted = np.ravel(before[name] - after[name]), lr * np.ravel(gradients[name])
        if len(way) != len(wanted):
            found.append("another shape")
        elif np.allclose(way, wanted, rtol=1e-6, atol=1e-12):
            found.append(1.0)
        else:
            times = way @ wanted / max(wanted @ wanted, 1e-30)
            found.append(round(times, 6) if np.allclose(way, times * wanted, rtol=1e-6) else "another direction")
    return found


SQUARE = "p, X, classes = example(3, 3, 3, 3)\n"
OTHER = "p, X, classes = example(n=4, d=2, h=3, k=5)\n"

STEP_OF = (
    "{}\ng = gradients(p, X, classes)\nbefore = {{name: array.copy() for name, array in p.items()}}\n"
    "moved(before, step(p, X, classes, lr=0.5), g, lr=0.5)"
)

PROBES = {
    "squared_error": "import numpy as np\nsquared_error(np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 4.0]))",
    "squared_error_again": "import numpy as np\nsquared_error(np.array([[0.5], [-1.0]]), np.array([2.0, 3.0]))",
    "forward": SQUARE + "hidden, logits = forward(p, X)\nhidden, logits",
    "W2": SQUARE + 'gradients(p, X, classes)["W2"]',
    "b2": SQUARE + 'gradients(p, X, classes)["b2"]',
    "W1": SQUARE + 'gradients(p, X, classes)["W1"]',
    "b1": SQUARE + 'gradients(p, X, classes)["b1"]',
    "shapes": OTHER + "import numpy as np\nfound = gradients(p, X, classes)\n[np.shape(found[name]) for name in p]",
    "rows_apart": SQUARE + 'p["W2"] += [2000.0, 1000.0, 1000.0]\ngradients(p, X, classes)["b2"]',
    "unlike_the_engine": OTHER
    + "classes //= 2  # there is none of the last class\ndiffering(gradients(p, X, classes), p, X, classes)",
    "arguments_stay": (
        f"{SQUARE}before = example(3, 3, 3, 3)\nstep(p, X, classes, lr=0.5)\n"
        "[(array == other).all() for array, other in zip([*p.values(), X, classes], [*before[0].values(), *before[1:]])]"
    ),
    "step": STEP_OF.format(SQUARE.strip()),
    "step_other": STEP_OF.format(OTHER.strip()),
}

SOFTMAX_ROWS = "powers.sum(axis=1, keepdims=True)"
HIDDEN = 'np.tanh(X @ parameters["W1"] + parameters["b1"])'
LOGITS = 'hidden @ parameters["W2"] + parameters["b2"]\n    return'
HOT = "    d_logits[np.arange(len(X)), classes] -= 1.0\n"
MEAN = "    d_logits /= len(X)\n"
D_HIDDEN = 'd_logits @ parameters["W2"].T'
D_TOTAL = "d_hidden * (1 - hidden**2)"
W1, B1, W2, B2 = "X.T @ d_total", "d_total.sum(axis=0)", "hidden.T @ d_logits", "d_logits.sum(axis=0)"
STEP = "parameters[name] - lr * found[name]"
ONE_BY_ONE = """    found = dict(parameters)
    for name in ("W2", "b2", "W1", "b1"):
        found[name] = found[name] - lr * gradients(found, X, classes)[name]
    return found
"""
W2_FIRST = """    found = gradients(parameters, X, classes)
    new = {name: parameters[name] - lr * found[name] for name in parameters}
    hidden, logits = forward(parameters, X)
    d_logits = (softmax(logits) - np.eye(logits.shape[1])[classes]) / len(X)
    d_total = d_logits @ new["W2"].T * (1 - hidden**2)
    return {**new, "W1": parameters["W1"] - lr * X.T @ d_total, "b1": parameters["b1"] - lr * d_total.sum(axis=0)}
"""
BODY = """    found = gradients(parameters, X, classes)
    return {name: parameters[name] - lr * found[name] for name in parameters}
"""


def both(bug, first, second):
    """The bug in both layers, in the first alone, and in the second alone."""
    return {bug: (first, second), f"{bug}/in_the_first": first, f"{bug}/in_the_second": second}


MUTANTS = {
    "V23": ("(predictions.ravel() - targets.ravel())", "(predictions - targets)"),
    "B1": (HIDDEN, 'X @ parameters["W1"] + parameters["b1"]'),
    "B2": (LOGITS, 'np.tanh(hidden @ parameters["W2"] + parameters["b2"])\n    return'),
    "B3": ((HIDDEN, 'np.tanh(X @ parameters["W1"])'), (LOGITS, 'hidden @ parameters["W2"]\n    return')),
    "B4": (
        (HIDDEN, 'np.tanh(X @ parameters["W1"].T + parameters["b1"])'),
        (LOGITS, 'hidden @ parameters["W2"].T + parameters["b2"]\n    return'),
    ),
    "V13": (SOFTMAX_ROWS, "powers.sum(axis=0)"),
    "V14": (SOFTMAX_ROWS, "powers.sum()"),
    "V15": (HOT, HOT + "    d_logits *= -1\n"),
    "V16": (MEAN, ""),
    "V17": (HOT, HOT + "    d_logits *= d_logits < 0\n"),
    "V19": (HOT, ""),
    **both("V6", (B1, "d_total.mean(axis=0)"), (B2, "d_logits.mean(axis=0)")),
    **both("V7", (B1, "d_total.sum(axis=1)"), (B2, "d_logits.sum(axis=1)")),
    "V8": ((B1, "d_total.sum() * np.ones(d_total.shape[1])"), (B2, "d_logits.sum() * np.ones(d_logits.shape[1])")),
    "V8/in_the_first": (B1, "d_total.sum() * np.ones(d_total.shape[1])"),  # that of the second alone is 0, as in V9
    "V8/number": ((B1, "d_total.sum()"), (B2, "d_logits.sum()")),
    **both("V9", (B1, '0.0 * parameters["b1"]'), (B2, '0.0 * parameters["b2"]')),
    **both("V10", (B1, "d_total[0]"), (B2, "d_logits[0]")),
    **both("V11", (W1, "np.outer(X[0], d_total[0])"), (W2, "np.outer(hidden[0], d_logits[0])")),
    **both("V11/last", (W1, "np.outer(X[-1], d_total[-1])"), (W2, "np.outer(hidden[-1], d_logits[-1])")),
    "V12": (D_HIDDEN, 'd_logits @ parameters["W2"]'),
    **both("B5", (W1, "d_total.T @ X"), (W2, "d_logits.T @ hidden")),
    "V25": (D_TOTAL, 'd_hidden * (1 - (X @ parameters["W1"] + parameters["b1"]) ** 2)'),
    "V26": (D_TOTAL, "d_hidden"),
    "V27": (D_TOTAL, "np.tanh(d_hidden)"),
    "V24": (BODY, W2_FIRST),
    "V24/all": (BODY, ONE_BY_ONE),
    "T3": (STEP, "parameters[name] + lr * found[name]"),
    "T4": (STEP, "parameters[name] - found[name]"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

RANDOM = (
    "import numpy as np\nrandom = np.random.default_rng(numbers.randrange(1000))\n"
    "n, d, h, k = (numbers.randint(1, 4) for _ in range(4))\nsize = numbers.choice((1, 1, 1000))\n"
    "p = {'W1': random.normal(size=(d, h)), 'b1': random.normal(size=h), 'b2': random.normal(size=k)}\n"
    "p['W2'] = random.normal(size=(h, k)) * size\n"
    "X, classes = random.normal(size=(n, d)), random.integers(k, size=n)\n"
)
PROPERTIES = {
    "forward": RANDOM + "forward(p, X)",
    "gradients": RANDOM + "[(name, g.shape, g) for name, g in sorted(gradients(p, X, classes).items())]",
    "step": RANDOM + "sorted(step(p, X, classes, 0.1).items()), sorted(p.items())",
    "squared_error": "import numpy as np\nx = np.array([numbers.random() for _ in range(8)])\nsquared_error(x[:4, None], x[4:])",
}
