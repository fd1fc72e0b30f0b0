"""The full battery: every bug of the exercises before shows here too, in the gradients of small graphs.

An operation is never last in all of its probes: what follows it makes a gradient other than 1 arrive.
"""

NAMES = ("backward",)
NEEDS = ("e07_value", "e08_toposort")
MINUTES = 20


operands_of = Exercise("e07_value").check.operands_of  # noqa: F821


def one(a, expression):
    """The output and the gradient of its one leaf."""
    return f"a = Value({a})\ny = {expression}\nbackward(y)\ny.data, a.grad"


def two(a, b, expression):
    """The output and the gradients of its two leaves."""
    return f"a, b = Value({a}), Value({b})\ny = {expression}\nbackward(y)\ny.data, a.grad, b.grad"


SKIP = "a = Value(1.0)\nb = 5 * a\ny = {}\nbackward(y)\na.grad"

PROBES = {
    "seed": one(5.0, "a"),
    "add": two(5.0, 7.0, "a + b"),
    "mul": two(2.0, 3.0, "a * b"),
    "mul_times": two(2.0, 3.0, "(a * b) * 7"),
    "add_times": two(2.0, 3.0, "(a + b) * 4"),
    "neg": one(3.0, "-a"),
    "neg_times": one(-2.0, "-a * 7"),
    "sub_minus": two(5.0, 3.0, "-(a - b)"),
    "sub_times": two(-2.0, 4.0, "(a - b) * 7"),
    "rsub_minus": one(4.0, "-(1 - a)"),
    "rsub_times": one(-3.0, "(1 - a) * 7"),
    "div_minus": two(5.0, 2.0, "-(a / b)"),
    "div_times": two(3.0, -4.0, "a / b * 7"),
    "rdiv_minus": one(4.0, "-(1 / a)"),
    "rdiv_times": one(-0.5, "3 / a * 7"),
    "pow_minus": one(2.0, "-(a ** 3)"),
    "pow_times": one(2.0, "7 * a ** 3"),
    "pow_exponent": two(2.0, 3.0, "a ** b"),
    "pow_exponent_times": two(1.5, -2.5, "a ** b * 7"),
    "exp_minus": one(2.0, "-a.exp()"),
    "exp_times": one(12.0, "a.exp() * 7"),
    "log_minus": one(2.0, "-a.log()"),
    "log_times": one(3.0, "a.log() * 7"),
    "tanh_minus": one(0.5, "-a.tanh()"),
    "tanh_times": one(-0.8, "3 * a.tanh()"),
    "sigmoid_minus": one(0.5, "-a.sigmoid()"),
    "sigmoid_times": one(-1.5, "a.sigmoid() * 7"),
    "sigmoid_far_left": one(-1000.0, "a.sigmoid()"),
    "sigmoid_far_left_times": one(-800.0, "a.sigmoid() * 7"),
    "sigmoid_far_right": one(1000.0, "a.sigmoid()"),
    "sigmoid_far_right_times": one(800.0, "a.sigmoid() * 7"),
    "relu_times": one(3.0, "a.relu() * 7"),
    "relu_minus": one(2.0, "-a.relu()"),
    "relu_negative_times": one(-3.0, "a.relu() * 7"),
    "relu_negative_minus": one(-2.0, "-a.relu()"),
    "relu_zero": one(0.0, "a.relu()"),
    "relu_zero_times": one(0.0, "a.relu() * 7"),
    "shared": one(3.0, "a + a"),
    "long_way_first": SKIP.format("(3 * b) * 2 + b"),
    "long_way_last": SKIP.format("b + (3 * b) * 2"),
    "doubled_three_times": "a = Value(3.0)\nt = a + a\nt = t + t\nt = t + t\nbackward(t)\na.grad",
    "diamond": "a = Value(3.0)\nb = a * 2\ny = b * 5 + b * b + b * 2\nbackward(y)\nb.grad, a.grad",
    "equal_numbers": two(3.0, 2.0, "(2 * a) * (3 * b)"),
    "parents": "a, b = Value(2.0), Value(3.0)\ny = 2 * a * b\nbackward(y)\noperands_of(2 * a, a), operands_of(a * b, a, b)",
    "zero_value": one(2.0, "(a - 2) * 3 * 7"),
    "zero_gradient": "a = Value(2.0)\nbackward(3 * a + (a * 5) * 0)\nbackward((a * 5) * 0 + 4 * a)\na.grad",
    "twice": "a = Value(3.0)\ny = 2 * a\nbackward(y)\nbackward(y)\na.grad",
    "twice_inner": "a, b = Value(2.0), Value(3.0)\ny = (a + b) * 1\nbackward(y)\nbackward(y)\na.grad, b.grad",
    "two_outputs": "a = Value(2.0)\nb = a * a\nbackward(3 * b)\nbackward(5 * b)\nb.grad, a.grad",
    "leaf_twice": "a = Value(5.0)\nbackward(a)\na.grad += 2.0\nbackward(a)\na.grad",
    "data_changed_later": "a = Value(3.0)\ny = a * a\na.data = 10.0\nbackward(y)\na.grad",
    "data_changed_later_again": "a = Value(5.0)\ny = a.log()\na.data = 10.0\nbackward(y)\na.grad",
    "long_chain": f"y = a = Value(1.0)\nfor _ in range({DEPTH + 10}):\n    y = y + a\nbackward(y)\na.grad",  # noqa: F821
    "long_chain_again": f"y = a = Value(1.0)\nfor _ in range({DEPTH + 10}):\n    y = -y\nbackward(y)\na.grad",  # noqa: F821
}

KINKS = ("relu_zero", "relu_zero_times")
UNSEEN = (
    "M05/work",  # needless work in the sort, and right gradients
    *("M15/one", "R3", "R3/add", "R3/mul"),  # no gradients come out of these rules
)

ZERO = """    for node in order:
        if node.parents:
            node.grad = 0.0
"""
HEAD = "def backward(root):\n"


def instead(body):
    """The patch that puts another body before the solution's, which is not reached any more; it begins alike."""
    start = "    order = toposort(root)\n" + ZERO + "    root.grad += 1.0\n"
    return HEAD, HEAD + start + body + "    return None\n"


RECURSIVE = """
    seen = set()

    def send(node):
        if {condition}:
            seen.add(node)
            for parent, gradient in zip(node.parents, node.pull(node.grad)):
                parent.grad += gradient
                send(parent)

    send(root)
"""
WAITING = """
    waiting = [root]
    while waiting:
        node = waiting.pop({which})
        if node.pull:
            for parent, gradient in zip(node.parents, node.pull(node.grad)):
                parent.grad += gradient
                waiting.append(parent)
"""

BY_DATA = """
    order = toposort(root)
    gradients = dict.fromkeys([node.data for node in order], 0.0)
    gradients[root.data] = 1.0
    for node in reversed(order):
        node.grad = gradients[node.data] + {before}
        if node.pull:
            for parent, gradient in zip(node.parents, node.pull(node.grad)):
                gradients[parent.data] += gradient
    return None
"""

MUTANTS = {
    "M01": ("parent.grad += gradient", "parent.grad = gradient"),
    "M01/stale": ((ZERO, ""), ("parent.grad += gradient", "parent.grad = gradient")),
    "M03/at_once": instead(RECURSIVE.format(condition="node.pull and node not in seen")),
    "M04": instead("""
    def send(node):
        if node.pull:
            for parent, gradient in zip(node.parents, node.pull(node.grad)):
                parent.grad += gradient
            for parent in node.parents:
                send(parent)

    send(root)
"""),
    "M04/at_once": instead(RECURSIVE.format(condition="node.pull")),
    "M04/queue": instead(WAITING.format(which=0)),
    "M04/stack": instead(WAITING.format(which=-1)),
    "M06": ("reversed(order)", "order"),
    "M07/gradients": (HEAD, HEAD + BY_DATA.format(before="(0.0 if node.parents else node.grad)")),
    "M07/gradients_set": (HEAD, HEAD + BY_DATA.format(before="0.0")),
    "M08": ("root.grad += 1.0", "root.grad += 0.0"),
    "M09": ("root.grad += 1.0", "root.grad += root.data"),
    "M43": ((ZERO, ""), ("root.grad += 1.0", "root.grad = 1.0")),
    "M43/root": (ZERO, ""),
    "M43/leaves": ("if node.parents", "if True"),
    "M47": ("node.pull(node.grad)", "node.pull(1.0)"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "graph": (
        "leaves = values = [Value(numbers.uniform(0.5, 2)) for _ in range(3)]\n"
        "for _ in range(8):\n"
        "    a, b = numbers.choice(values), numbers.choice([*values, 0.0, 0.5])\n"
        "    values = [*values, numbers.choice((a + b, a - b, a * b, b * a, a / 4, a**2, -a, a.tanh(), a.relu()))]\n"
        "for root in numbers.choices(values, k=4):\n    backward(root)\n"
        "[y.grad for y in values]"
    ),
}
