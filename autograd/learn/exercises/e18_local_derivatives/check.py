"""Gradients of small graphs, by the constructor, the operations and backward() alone: names of attributes do not matter.

An operation is never last in all of its probes: what follows it makes a gradient other than 1 arrive.
"""

NAMES = ("Value",)
NEEDS = ()
MINUTES = 20


def one(a, expression):
    """The output and the gradient of its one leaf."""
    return f"a = Value({a})\ny = {expression}\ny.backward()\ny.data, a.grad"


def two(a, b, expression):
    """The output and the gradients of its two leaves."""
    return f"a, b = Value({a}), Value({b})\ny = {expression}\ny.backward()\ny.data, a.grad, b.grad"


def node(children, local_grads, expression="y"):
    """A node that is made by the constructor."""
    return (
        f"a, b = Value(2.0), Value(3.0)\ny = Value(10.0, {children}, {local_grads})\n"
        f"y = {expression}\ny.backward()\ny.data, a.grad, b.grad"
    )


SKIP = "a = Value(1.0)\nb = 5 * a\ny = {}\ny.backward()\na.grad"

PROBES = {
    "seed": one(5.0, "a"),
    "own_node": node("(a, b)", "(4.0, -0.5)", "y * 3"),
    "own_node_of_three_children": node("[b, a, b]", "[2.0, 0.25, 5.0]", "y * 3"),
    "add": two(5.0, 7.0, "a + b"),
    "mul_zero": two(0.0, 3.0, "(a * b) * 7 + b"),
    "neg_times": one(-2.0, "-a * 7"),
    "neg": one(3.0, "-a"),
    "sub": two(5.0, 3.0, "a - b"),
    "div": two(5.0, 2.0, "a / b"),
    "div_zero": two(0.0, 2.0, "a / b * 7"),
    "pow": one(-2.0, "a ** 3"),
    "pow_zero": one(0.0, "(a ** 2 + a) * 3"),
    "pow_times": one(1.5, "7 * a ** -1.5"),
    "exp": one(2.0, "a.exp()"),
    "exp_times": one(0.5, "a.exp() * 7"),
    "log": one(2.0, "a.log()"),
    "relu_times": one(0.25, "a.relu() * 7"),
    "relu_minus": one(2.0, "a.relu() * -7"),
    "relu_negative_times": one(-0.25, "a.relu() * 7"),
    "relu_negative_minus": one(-2.0, "a.relu() * -7"),
    "relu_zero": one(0.0, "a.relu()"),
    "relu_zero_times": one(0.0, "a.relu() * 7"),
    "rsub": one(4.0, "1 - a"),
    "rsub_times": one(-3.0, "(1 - a) * 7"),
    "rdiv": one(4.0, "1 / a"),
    "rdiv_times": one(-0.5, "3 / a * 7"),
    "numbers_on_the_right": one(2.0, "(a - 1) / 4"),
    "numbers_on_the_left": one(1.5, "3 + 2 * a"),
    "long_way_first": SKIP.format("(3 * b) * 2 + b"),
    "long_way_last": SKIP.format("b + (3 * b) * 2"),
    "diamond": "a = Value(3.0)\nb = a * 2\ny = b * 5 + b * b\ny.backward()\nb.grad, a.grad",
    "two_graphs": "a = Value(2.0)\n(a * 3).backward()\n(a * a).backward()\na.grad",
    "two_graphs_of_two": "a, b = Value(2.0), Value(3.0)\n(a * b).backward()\n(a + b).backward()\na.grad, b.grad",
    "zero_gradient": "a, b = Value(2.0), Value(3.0)\n(3 * a - (a * 5) * 0).backward()\n((b * 5) * 0 - 4 * b).backward()\na.grad, b.grad",
    "data_changed_later": "a, b = Value(3.0), Value(2.0)\ny = a * b\na.data = 10.0\ny.backward()\na.grad, b.grad",
    "data_changed_later_again": "a = Value(5.0)\ny = a.log()\na.data = 10.0\ny.backward()\na.grad",
}

KINKS = ("relu_zero", "relu_zero_times")

WALK = "        order, seen, stack = [], set(), [(self, False)]\n"
SEND = "child.grad += local_grad * node.grad"
SEED = "        self.grad = 1.0\n        for node in reversed(order):\n"
PRODUCT = "(other.data, self.data))"
NEG, ADD, SUB = "(self,), (-1.0,))", "(self, other), (1.0, 1.0))", "(self, other), (1.0, -1.0))"
DIV = "(1 / other.data, -self.data / other.data**2))"
RSUB, RDIV = "as_value(other) - self", "as_value(other) / self"
DIFFERENCE, QUOTIENT = f"Value(self.data - other.data, {SUB}", f"Value(self.data / other.data, (self, other), {DIV}"
FROM_POWERS = QUOTIENT, "self * other**-1"
POWER, OUT, LOG, RELU = "k * self.data ** (k - 1)", "(out,)", "(1 / self.data,)", "(1.0 if self.data > 0 else 0.0,)"
AS_VALUE = "return x if isinstance(x, Value) else Value(x)"


def instead(body):
    """The patch that puts another walk before the solution's, which is not reached any more."""
    return WALK, "        self.grad = 1.0\n" + body + "        return\n" + WALK


STACK = """        seen, stack = set(), [self]
        while stack:
            node = stack.pop({which})
            if node in seen:
                continue
            seen.add(node)
            for child, local_grad in zip(node.children, node.local_grads):
                child.grad += local_grad * node.grad
                stack.append(child)
"""
QUEUE = """        queue = [self]
        while queue:
            node = queue.pop(0)
            for child, local_grad in zip(node.children, node.local_grads):
                child.grad += local_grad * node.grad
                queue.append(child)
"""
RECURSIVE = """        seen = set()

        def send(node):
            if {condition}:
                seen.add(node)
                for child, local_grad in zip(node.children, node.local_grads):
                    child.grad += local_grad * node.grad
                    {each}
                {after}

        send(self)
"""


ALL = "for child in node.children: send(child)"

MUTANTS = {
    "M01": (SEND, "child.grad = local_grad * node.grad"),
    "M02": instead(STACK.format(which=0)),
    "M03": instead(RECURSIVE.format(condition="node not in seen", each="send(child)", after="")),
    "M03/list": instead(RECURSIVE.format(condition="node not in seen", each="", after=ALL)),
    "M53": instead(STACK.format(which="")),
    "M04": instead(RECURSIVE.format(condition="True", each="", after=ALL)),
    "M04/at_once": instead(RECURSIVE.format(condition="True", each="send(child)", after="")),
    "M04/queue": instead(QUEUE),
    "M05": (("elif node not in seen:", "else:"), ("child in node.children)", "child in node.children[::-1])")),
    "M58": ("reversed(order)", "order"),
    "M07": (("node not in seen", "node.data not in seen"), ("seen.add(node)", "seen.add(node.data)")),
    "M08": (SEED, SEED.replace("self.grad = 1.0", "pass")),
    "M09": (SEED, SEED.replace("1.0", "self.data")),
    "M43/leaves": (SEED, "        for node in order:\n            node.grad = 0.0\n" + SEED),
    "M56": (SEND, "pass"),
    "M54": (SEND, "child.grad += local_grad"),
    "M55": (PRODUCT, "(other, self))"),
    "M44": (
        (PRODUCT, "lambda: (other.data, self.data))"),
        ("self.local_grads = tuple(local_grads)", "self.local_grads = local_grads"),
        ("zip(node.children, node.local_grads)", "zip(node.children, node.now())"),
        (LOG, "lambda: (1 / self.data,)"),
        (
            "    def __repr__(self):\n",
            "    def now(self):\n"
            "        return self.local_grads() if callable(self.local_grads) else self.local_grads\n\n"
            "    def __repr__(self):\n",
        ),
    ),
    "M45": (AS_VALUE, "return Value(getattr(x, 'data', x))"),
    "M50": ("self.children = tuple(children)", "self.children = tuple(dict.fromkeys(children))"),
    "M51": tuple((f"__{name}__", f"_{name}_") for name in ("radd", "rsub", "rmul", "rtruediv")),
    "M52": (AS_VALUE, "return x"),
    "M11": (ADD, "(self, other), (1.0,))"),
    "M12": (ADD, "(self, other), (other.data, self.data))"),
    "M14": (PRODUCT, "(self.data, other.data))"),
    "M15": (PRODUCT, "[self.data * other.data] * 2)"),
    "M16": (NEG, "(self,), (1.0,))"),
    "M16/sub": ((NEG, "(self,), (1.0,))"), (DIFFERENCE, "self + -other")),
    "M17": (SUB, ADD),
    "M18": (RSUB, "self - other"),
    "M19": (DIV, "(1 / other.data, self.data / other.data**2))"),
    "M20": (DIV, "(1 / other.data, -self.data / other.data))"),
    "M21": (DIV, "(1 / other.data, 0.0))"),
    "M22": (DIV, "(1 / other.data, -1 / other.data**2))"),
    "M23": (RDIV, "self / other"),
    "M24": (POWER, "k * self.data**k"),
    "M24/div": ((POWER, "k * self.data**k"), FROM_POWERS),
    "M25": (POWER, "self.data ** (k - 1)"),
    "M25/div": ((POWER, "self.data ** (k - 1)"), FROM_POWERS),
    "M36": (OUT, "(self.data,)"),
    "M37": (OUT, "(self.data * math.exp(self.data - 1),)"),
    "M38": (LOG, "(1 / math.log(self.data),)"),
    "M39": (RELU, "(1.0,)"),
    "M57": (RELU, "(1.0 if self.data < 0 else 0.0,)"),
    "M40": (RELU, "(1.0 if self.data >= 0 else 0.0,)"),
    "M41": (RELU, "(max(0.0, self.data),)"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "graph": (
        "leaves = values = [Value(numbers.uniform(0.5, 2)) for _ in range(3)]\n"
        "for _ in range(8):\n"
        "    a, b = numbers.choice(values), numbers.choice([*values, 2.0, 0.5])\n"
        "    c = numbers.choice((a + b, b + a, a - b, b - a, a * b, b * a, a / 4, 1 / (a * a + 1), a**2, -a, a.relu()))\n"
        "    values = [*values, c]\n"
        "values[-1].backward()\n"
        "[y.data for y in values], [x.grad for x in leaves]"
    ),
}
