"""Each operation as the Value recorded it: its data, and what arrives at the operands when 7 or -3 arrives at the result.

The graph is walked here, so that backward() need not exist yet, and so that a - b may be made of a + (-b).
"""

NAMES = ("Value",)
NEEDS = ("e04_rules", "e05_rules_two", "e06_rules_three")
MINUTES = 20


def parents_of(value):
    """The parents, also under micrograd's name for them."""
    return list(getattr(value, "parents", None) or getattr(value, "_prev", None) or ())


def consumers_first(out):
    """All that out was made from, each after what was made from it; out first."""
    order, seen, stack = [], set(), [(out, False)]
    while stack:
        value, done = stack.pop()
        if done:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            stack += [(value, True), *((parent, False) for parent in parents_of(value) if hasattr(parent, "grad"))]
    return order[::-1]


def arrives(out, g, *nodes):
    """What arrives at each of the nodes, by the recorded pulls, when g arrives at out."""
    order = consumers_first(out)
    for value in order:
        value.grad = 0.0
    out.grad = g
    for value in order:
        if callable(getattr(value, "pull", None)):
            gradients = value.pull(value.grad)
            gradients = gradients if hasattr(gradients, "__iter__") else [gradients]
            for parent, gradient in zip(parents_of(value), gradients):
                if hasattr(parent, "grad"):
                    parent.grad += gradient
        elif callable(getattr(value, "_backward", None)):  # as in micrograd: a closure that adds to the gradients
            value._backward()
        elif parents_of(value):
            value.pull  # noqa: B018  (where there is none, Python says so)
    return [node.grad if any(node is value for value in order) else 0.0 for node in nodes]


def operands_of(value, *operands):
    """For each of the operands: whether it is among the parents itself, or another Value with its number is."""
    parents = parents_of(value)
    found = []
    for operand in operands:
        is_copied = any(getattr(parent, "data", None) == operand.data for parent in parents)
        is_there = any(parent is operand for parent in parents)
        found.append("itself" if is_there else "a copy" if is_copied else "missing")
    return found


def leads_to(value, node):
    """Whether a value was made from a node, however many steps before."""
    return any(node is other for other in consumers_first(value))


def handed_on(value):
    """What a value hands to which of its parents when 1 arrives, as backward() will ask for it; nothing at a leaf."""
    parents = value.parents if hasattr(value, "parents") else parents_of(value)
    pull = getattr(value, "pull", None)
    return list(zip(parents, pull(1.0))) if pull else list(parents)


def binary(a, operation, b, g):
    """The data of an operation, and what arrives at its two operands."""
    return f"a, b = Value({a}), Value({b})\ny = {operation}\ny.data, arrives(y, {g}, a, b)"


def unary(a, operation, g):
    """The same where there is one operand, or a number beside it."""
    return f"a = Value({a})\ny = {operation}\ny.data, arrives(y, {g}, a)"


PROBES = {
    "leaf": "a = Value(3.0)\na.data, a.grad, len(parents_of(a))",
    "leaf_hands_on_nothing": "a = Value(3.0)\nhanded_on(a)",
    "equal_numbers": "Value(2.0) == Value(2.0)",
    "equal_numbers_in_a_list": "Value(2.0) in [Value(3.0), Value(2.0)]",
    "add": binary(5.0, "a + b", 7.0, 7.0),
    "add_to_itself": unary(3.0, "a + a", -3.0),
    "mul": binary(2.0, "a * b", 3.0, 7.0),
    "mul_by_itself": unary(3.0, "a * a", -3.0),
    "neg": unary(3.0, "-a", 7.0),
    "neg_again": unary(-2.0, "-a", -3.0),
    "sub": binary(5.0, "a - b", 3.0, 7.0),
    "sub_again": binary(-2.0, "a - b", 4.0, -3.0),
    "div": binary(5.0, "a / b", 2.0, 7.0),
    "div_again": binary(3.0, "a / b", -4.0, -3.0),
    "pow": binary(2.0, "a ** b", 3.0, 7.0),
    "pow_again": binary(1.5, "a ** b", -2.5, -3.0),
    "number_on_the_right": unary(2.0, "(a - 1) / 4", 7.0),
    "rsub": unary(4.0, "1 - a", 7.0),
    "rsub_again": unary(-2.0, "3 - a", -3.0),
    "rdiv": unary(4.0, "1 / a", 7.0),
    "rdiv_again": unary(-2.0, "5 / a", -3.0),
    "numbers_on_the_left": unary(1.5, "3 + 2 * a", 7.0),
    "exp": unary(2.0, "a.exp()", 7.0),
    "exp_again": unary(-1.5, "a.exp()", -3.0),
    "log": unary(2.0, "a.log()", 7.0),
    "rpow": unary(3.0, "2 ** a", 7.0),
    "tanh": unary(0.5, "a.tanh()", 7.0),
    "tanh_again": unary(-0.8, "a.tanh()", -3.0),
    "sigmoid": unary(0.5, "a.sigmoid()", 7.0),
    "sigmoid_again": unary(-1.5, "a.sigmoid()", -3.0),
    "sigmoid_far_left": unary(-1000.0, "a.sigmoid()", 7.0),
    "sigmoid_far_left_again": unary(-800.0, "a.sigmoid()", -3.0),
    "sigmoid_far_right": unary(1000.0, "a.sigmoid()", 7.0),
    "sigmoid_far_right_again": unary(800.0, "a.sigmoid()", -3.0),
    "relu": unary(3.0, "a.relu()", 7.0),
    "relu_minus": unary(2.0, "a.relu()", -3.0),
    "relu_negative": unary(-3.0, "a.relu()", 7.0),
    "relu_negative_minus": unary(-2.0, "a.relu()", -3.0),
    "relu_zero": unary(0.0, "a.relu()", 7.0),
    "relu_zero_minus": unary(0.0, "a.relu()", -3.0),
    "parents": "a, b = Value(2.0), Value(3.0)\noperands_of(a * b, a, b), operands_of(2 * a, a)",
    "parents_are_values": (
        "a = Value(2.0)\n[all(isinstance(parent, Value) for parent in parents_of(y)) for y in (a + 3, 3 - a, a * 3, 3 / a, a**3)]"
    ),
    "operands_are_kept": (
        "a, b, zero = Value(3.0), Value(3.0), Value(0.0)\n"
        "[[leads_to(y, x) for x in (a, b)] for y in (a + b, a - b, a * b, a / b, a**b, a * zero * b, 0 * a + b * 0)]"
    ),
    "operand_is_kept": (
        "a, b = Value(-2.0), Value(2.0)\n"
        "[[leads_to(y, x) for y in (x.relu(), x.exp(), x.tanh(), x.sigmoid(), -x, x**0, x - x, x / x)] for x in (a, b)]"
    ),
    "second_name": (
        "a = Value(2.0)\nb = c = d = e = f = a\nb += 5.0\nc -= 5.0\nd *= 5.0\ne /= 5.0\nf **= 5.0\n"
        "a.data, [y.data for y in (b, c, d, e, f)]"
    ),
    "copy_of_data": "a = Value(2.0)\nb = 2 * a\ny = 5 * b\narrives(y, 1.0, b, a)",
    "data_changed_later": "a, b = Value(3.0), Value(2.0)\ny = a * b\na.data = 10.0\narrives(y, 7.0, a, b)",
    "data_changed_later_again": "a = Value(0.5)\ny = a.log()\na.data = 10.0\narrives(y, -3.0, a)",
}

KINKS = ("relu_zero", "relu_zero_minus")
UNSEEN = ("M15/one", "R3", "R3/add", "R3/mul")  # no gradients come out of these rules

WRAPPED = "x if isinstance(x, Value) else Value(x) for x in operands"
EQUAL_BY_DATA = """    def __eq__(self, other):
        return self.data == other.data

    def __hash__(self):
        return hash(self.data)

"""
BY_COPY = "x if i == 0 and isinstance(x, Value) else Value(getattr(x, 'data', x)) for i, x in enumerate(operands)"

MUTANTS = {
    "M07": ("    def __repr__(self):", EQUAL_BY_DATA + "    def __repr__(self):"),
    "M44": ("(out, parents, pull)", "(out, parents, lambda g: rule(*[parent.data for parent in parents])[1](g))"),
    "M45": (WRAPPED, BY_COPY),
    "M45/both": (
        "parents = [",
        "operands = [Value(getattr(x, 'data', x)) for x in operands] if len(operands) > 1 else operands\n    parents = [",
    ),
    "M45/all": (WRAPPED, "Value(getattr(x, 'data', x)) for x in operands"),
    "M45/reflected": (
        ("made_by(add_rule, other, self)", "Value(other + self.data)"),
        ("made_by(mul_rule, other, self)", "Value(other * self.data)"),
    ),
    "M50": ("tuple(parents)", "tuple(dict.fromkeys(parents))"),
    "M51": tuple((f"__{name}__", f"_{name}_") for name in ("radd", "rsub", "rmul", "rtruediv", "rpow")),
    "M52": (WRAPPED, "x for x in operands"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "graph": (
        "leaves = values = [Value(numbers.uniform(0.5, 2)) for _ in range(3)]\n"
        "for _ in range(6):\n"
        "    a, b = numbers.choice(values), numbers.choice([*values, 2.0, 0.5])\n"
        "    c = numbers.choice((a + b, b + a, a - b, b - a, a * b, b * a, a / 4, 3 / (a * a + 1), a**2, 2**a.tanh(), -a, a.sigmoid(), a.relu()))\n"
        "    values = [*values, c]\n"
        "[y.data for y in values], arrives(values[-1], 7.0, *leaves), [[type(x).__name__ for x in parents_of(y)] for y in values]"
    ),
}
OPEN = {"label": "nothing is asked of a label", "tuple(parents) → parents": "what parents are listed in is left open"}
