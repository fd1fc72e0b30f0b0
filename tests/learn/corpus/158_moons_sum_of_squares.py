# exercise: 17
# expect: V1
# style: lambdas
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


def network():
    random.seed(8)
    net = MLP(2, [8]), MLP(8, [1])
    forward = lambda p: net[1]([v.relu() for v in net[0](p)])[0]  # noqa
    forward.parameters = lambda: net[0].parameters() + net[1].parameters()
    return forward


loss = lambda model, points, labels: sum(((model(p) - l) ** 2 for p, l in zip(points, labels)), Value(0))  # noqa


def train(model, points, labels, steps=800, lr=0.05):
    n = len(points)
    for i in range(steps):
        out = loss(model, points[i % n:i % n + 1], labels[i % n:i % n + 1])
        [setattr(p, "grad", 0.0) for p in model.parameters()]
        backward(out)
        [setattr(p, "data", p.data - lr * p.grad) for p in model.parameters()]


ANSWERS = {"largest": None, "shared": None, "off": None, "zeros": None, "steepest": None}
