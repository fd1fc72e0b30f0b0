"""Steps on a model of one weight, whose numbers are known; then the learner's own network, and what its graph says.

What comes later is looked at when what it builds on is right, and then only.
"""

import math
import random
from collections import Counter
from functools import lru_cache

NAMES = ("network", "loss", "train", "ANSWERS")
NEEDS = ("e11_network", "e12_losses")
MINUTES = 30
INHERITS = False

ENOUGH = 0.95
NO_OBJECTION = "no objection"


def moons(n=40):
    """The data of the starter."""
    numbers = random.Random(17)
    points, labels = [], []
    for i in range(n):
        angle = math.pi * numbers.random()
        x, y = math.cos(angle), math.sin(angle)
        if i % 2:
            x, y = 1 - x, 0.5 - y
        points.append([x + numbers.uniform(-0.1, 0.1), y + numbers.uniform(-0.1, 0.1)])
        labels.append(-1.0 if i % 2 else 1.0)
    return points, labels


POINTS, LABELS = moons()


class Line:
    """A model with one weight: w times the first number of a point."""

    def __init__(self, w):
        from e07_value import Value

        self.w = Value(w)

    def __call__(self, point):
        return self.w * point[0]

    def parameters(self):
        """The one."""
        return [self.w]


def steps_are_right(loss, train):
    """Whether five steps on three points lead where they should."""
    points, labels, w = [[1.0], [2.0], [-1.0]], [3.0, 5.0, -2.0], 0.5
    line = Line(w)
    train(line, points, labels, steps=5, lr=0.05)
    for i in range(5):
        (x,), y = points[i % 3], labels[i % 3]
        w -= 0.05 * 2 * (w * x - y) * x
    squares = loss(Line(2.0), points, labels).data
    return math.isclose(line.w.data, w, rel_tol=1e-6) and math.isclose(squares, 2 / 3, rel_tol=1e-6)


def scores(model):
    """The scores of all points, as numbers."""
    return [model(point).data for point in POINTS]


def same_start(network):
    """Whether two networks are alike."""
    return "the same" if scores(network()) == scores(network()) else "two networks start from different weights"


def is_new(network):
    """Whether two networks share no weight."""
    first, second = ({id(parameter): parameter for parameter in network().parameters()} for _ in range(2))
    return "two networks share their weights" if first.keys() & second.keys() else "a new one"


def with_relus(make):
    """What make gives, and the relus that were used for it, as pairs of input and output."""
    from e07_value import Value

    found, relu = [], Value.relu

    def recorded(value):
        out = relu(value)
        found.append((value, out))
        return out

    Value.relu = recorded
    try:
        return make(), found
    finally:
        Value.relu = relu


def relus(network):
    """Whether there are relus, and whether the neurons before them are different."""
    model = network()
    found = with_relus(lambda: model(POINTS[0]))[1]
    if len(found) < 2:
        return "there are no relus" if not found else "there is only one relu"
    inputs = {f"{value.data:.9g}" for value, _ in found}
    return "all different" if len(inputs) == len(found) else "some relus have the same input"


@lru_cache(maxsize=4)
def trained(network, train):
    """The network after training, as the learner does it."""
    random.seed(1)
    model = network()
    train(model, POINTS, LABELS)
    return model


def is_made_right(network):
    """Whether the network is what was asked for."""
    return same_start(network) == "the same" and relus(network) == "all different"


def is_trained(network, train):
    """Whether enough points are on the right side after training."""
    right = sum((score > 0) == (label > 0) for score, label in zip(scores(trained(network, train)), LABELS))
    return right >= ENOUGH * len(POINTS)


def accuracy(network, loss, train):
    """What is to be said of the training, once its steps are right."""
    if not steps_are_right(loss, train):
        return NO_OBJECTION
    if not is_made_right(network):
        return "first the network"
    return NO_OBJECTION if is_trained(network, train) else "less than 95 %"


# ── one step, read ──────────────────────────────────────────────────────────────────────────────────────────────────


def parents_of(node):
    """The operands of a node, also under micrograd's name for them."""
    return list(getattr(node, "parents", None) or getattr(node, "_prev", None) or ())


def graph_of_loss(out):
    """All nodes that lead to out."""
    found, stack = {}, [out]
    while stack:
        node = stack.pop()
        if id(node) not in found:
            found[id(node)] = node
            stack.extend(parents_of(node))
    return list(found.values())


def passed_on(node):
    """What a node passes to each of its operands."""
    if callable(getattr(node, "pull", None)):
        gradients = node.pull(node.grad)
        return list(gradients) if hasattr(gradients, "__iter__") else [gradients]
    if not callable(getattr(node, "_backward", None)):
        return []
    parents = parents_of(node)
    before = [parent.grad for parent in parents]
    for parent in parents:
        parent.grad = 0.0
    node._backward()
    gradients = [parent.grad for parent in parents]
    for parent, grad in zip(parents, before):
        parent.grad = grad
    return gradients


@lru_cache(maxsize=4)
def readings(network, loss, train):
    """Question → the right answer, and the answers to questions that are easily taken for it."""
    from e09_backward import backward

    model = trained(network, train)
    parameters = list(model.parameters())
    for parameter in parameters:
        parameter.grad = 0.0
    out, relus_used = with_relus(lambda: loss(model, POINTS[8:10], LABELS[8:10]))
    backward(out)
    nodes = graph_of_loss(out)
    edges = [edge for node in nodes for edge in zip(parents_of(node), passed_on(node))]
    uses = Counter(id(parent) for node in nodes for parent in parents_of(node))
    own = {id(parameter) for parameter in parameters}
    arriving = [gradient for parent, gradient in edges if id(parent) in own]
    off = sum(value.data <= 0 for value, _ in relus_used)
    zeros = sum(parameter.grad == 0 for parameter in parameters)
    gradients = [parameter.grad for parameter in parameters]
    return {
        "largest": (
            max(map(abs, arriving)),
            {
                "the largest of the positive ones": max(arriving),
                "the largest after adding up": max(map(abs, gradients)),
                "the largest on all edges": max(abs(gradient) for _, gradient in edges),
            },
        ),
        "shared": (sum(count > 1 for count in uses.values()), {"the nodes that received a gradient": len(uses)}),
        "off": (off, {"the relus that are on": len(relus_used) - off}),
        "zeros": (zeros, {"the parameters whose gradient is not 0": len(parameters) - zeros}),
        "steepest": (
            max(gradients, key=abs),
            {"without its sign": max(map(abs, gradients)), "the largest of the positive ones": max(gradients)},
        ),
    }


def answer(answers, question, network, loss, train):
    """What is to be said of an answer, once the network is trained: nothing, or to which question it is the answer."""
    if not isinstance(answers, dict):
        return f"ANSWERS is {type(answers).__name__}, and a dict is asked for"
    if answers.get(question) is None:
        raise NotImplementedError(f"nothing is filled in for {question}")
    if not (steps_are_right(loss, train) and is_made_right(network) and is_trained(network, train)):
        return NO_OBJECTION
    given = float(answers[question])
    right, others = readings(network, loss, train)[question]
    for words, number in {NO_OBJECTION: right, **others}.items():
        if math.isclose(given, number, rel_tol=0.01, abs_tol=1e-9):
            return words
    return "another number"


PROBES = {
    "loss": "loss(Line(2.0), [[1.0], [3.0]], [1.0, -1.0]).data",
    "loss_of_three": "loss(Line(-1.0), [[1.0], [2.0], [0.5]], [1.0, 2.0, -1.0]).data",
    "three_steps": "line = Line(1.0)\ntrain(line, [[3.0]], [6.0], steps=3, lr=0.01)\nline.w.data",
    "steps_on_two_points": "line = Line(0.5)\ntrain(line, [[2.0], [-1.0]], [5.0, 1.0], steps=3, lr=0.05)\nline.w.data",
    "steps_on_three_points": (
        "line = Line(0.5)\ntrain(line, [[1.0], [2.0], [-1.0]], [3.0, 5.0, -2.0], steps=4, lr=0.05)\nline.w.data"
    ),
    "one_step": "line = Line(1.0)\ntrain(line, [[3.0]], [6.0], steps=1, lr=0.01)\n'w has moved' if line.w.data != 1.0 else line.w.grad",
    "start": "same_start(network)",
    "new_each_time": "is_new(network)",
    "relus": "relus(network)",
    "accuracy": "accuracy(network, loss, train)",
    **{
        name: f"answer(ANSWERS, {name!r}, network, loss, train)"
        for name in ("largest", "shared", "off", "zeros", "steepest")
    },
}

ZERO = "        for p in parameters:\n            p.grad = 0.0\n"
BACKWARD = "        backward(error)\n"
STEP = "        for p in parameters:\n            p.data -= lr * p.grad\n"
POINT = "        k = i % len(points)\n"
ERROR = "        error = loss(model, [points[k]], [labels[k]])\n"
LOOP = "    for i in range(steps):\n"
MEAN = "sum(squares) / len(squares)"
MADE = "        self.output = MLP(hidden, [1])\n"

MUTANTS = {
    "T1": (ZERO, ""),
    "T2": ((POINT + ERROR, ""), (LOOP, "    error = loss(model, points, labels)\n" + LOOP)),
    "T2/first": ((POINT + ERROR, ""), (LOOP, "    error = loss(model, points[:1], labels[:1])\n" + LOOP)),
    "T2/each": (
        (ERROR, "        error = errors[k]\n"),
        (LOOP, "    errors = [loss(model, [point], [label]) for point, label in zip(points, labels)]\n" + LOOP),
    ),
    "T3": ("p.data -= lr", "p.data += lr"),
    "T4": ("p.data -= lr * p.grad", "p.data -= p.grad"),
    "T5": (ZERO + BACKWARD, BACKWARD + ZERO),
    "T6": (STEP, ""),
    "T7": (ZERO + BACKWARD + STEP, STEP + ZERO + BACKWARD),
    "T7/first": ((ZERO + BACKWARD + STEP, ZERO + BACKWARD), (ERROR, STEP + ERROR)),
    "T16": (POINT, "        k = 0\n"),
    "T17": (ERROR, "        error = loss(model, points, labels)\n"),
    "V1": (MEAN, "sum(squares)"),
    "L4": (MEAN, "sum(squares) / (2 * len(squares))"),
    "Q1": ("        random.seed(seed)\n", ""),
    "V28": (MADE, MADE + "        for p in self.parameters():\n            p.data = 0.25\n"),
    "Q11": ("total.relu() for total", "total for total"),
    "Q2": ("steps=200", "steps=20"),
    "Q3": ('"largest": 0.385', '"largest": 0.368'),
    "Q4": ('"largest": 0.385', '"largest": 0.506'),
    "Q5": ('"largest": 0.385', '"largest": 0.534'),
    "Q6": ('"shared": 33', '"shared": 189'),
    "Q7": ('"off": 7', '"off": 9'),
    "Q8": ('"zeros": 4', '"zeros": 29'),
    "Q9": ('"steepest": -0.506', '"steepest": 0.506'),
    "Q10": ('"steepest": -0.506', '"steepest": 0.306'),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "loss": (
        "points, labels = [[numbers.uniform(-2, 2)] for _ in range(3)], [numbers.choice((-1.0, 1.0)) for _ in range(3)]\n"
        "loss(Line(numbers.uniform(-2, 2)), points, labels).data"
    ),
    "training": (
        "points, labels = [[numbers.uniform(-2, 2)] for _ in range(3)], [numbers.choice((-1.0, 1.0)) for _ in range(3)]\n"
        "line = Line(numbers.uniform(-2, 2))\ntrain(line, points, labels, steps=numbers.randint(0, 7), lr=0.05)\nline.w.data"
    ),
}
OPEN = {
    "Network.__init__": "which network is trained is left open, where enough points are on the right side in the end",
    "Network.__call__": "a network of one output gives the same from either end",
}
