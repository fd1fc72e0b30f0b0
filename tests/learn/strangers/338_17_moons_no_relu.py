# exercise: 17
# wrong
# where: Net.__call__, line 35 | network | the file
# mend: relu between the layers
# names: Q11

import math
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


def moons(n=40):
    """The data: points, and their labels 1 and -1 in turn. This is given."""
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


class Net:
    def __init__(self, hidden=8):
        self.hidden = MLP(2, [hidden])
        self.out = MLP(hidden, [1])

    def __call__(self, point):
        return self.out(self.hidden(point))[0]

    def parameters(self):
        return self.hidden.parameters() + self.out.parameters()


def network():
    random.seed(6)
    return Net()


def loss(model, points, labels):
    total = Value(0.0)
    for point, label in zip(points, labels):
        total = total + (model(point) - label) ** 2
    return total / len(points)


def train(model, points, labels, steps=800, lr=0.05):
    for i in range(steps):
        k = i % len(points)
        out = loss(model, points[k:k + 1], labels[k:k + 1])
        for p in model.parameters():
            p.grad = 0.0
        backward(out)
        for p in model.parameters():
            p.data -= lr * p.grad


ANSWERS = {
    "largest": 0.36817,
    "shared": 33,
    "off": 7,
    "zeros": 4,
    "steepest": 0.38645,
}
