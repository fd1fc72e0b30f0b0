# exercise: 17
# expect: T1
# style: closures
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


def network():
    random.seed(3)
    first = MLP(2, [8])
    second = MLP(8, [1])

    def model(point):
        return second([h.relu() for h in first(point)])[0]

    model.parameters = lambda: first.parameters() + second.parameters()
    return model


def loss(model, points, labels):
    total = Value(0.0)
    for p, l in zip(points, labels):
        total = total + (model(p) - l) ** 2
    return total / len(points)


def train(model, points, labels, steps=800, lr=0.05):
    for i in range(steps):
        k = i % len(points)
        out = loss(model, [points[k]], [labels[k]])
        backward(out)
        for p in model.parameters():
            p.data -= lr * p.grad


ANSWERS = {"largest": None, "shared": None, "off": None, "zeros": None, "steepest": None}
