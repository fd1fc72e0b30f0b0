# exercise: 17
# wrong
# where: network, line 42
# mend: seed random in network
# names: Q1

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


class Model:
    def __init__(self):
        self.first = MLP(2, [8])
        self.second = MLP(8, [1])

    def __call__(self, point):
        return self.second([h.relu() for h in self.first(point)])[0]

    def parameters(self):
        return self.first.parameters() + self.second.parameters()


def network():
    return Model()


def loss(model, points, labels):
    total = 0.0
    for point, label in zip(points, labels):
        total = total + (model(point) - label) ** 2
    return total / len(points)


def train(model, points, labels, steps=800, lr=0.05):
    for i in range(steps):
        j = i % len(points)
        out = loss(model, [points[j]], [labels[j]])
        for p in model.parameters():
            p.grad = 0.0
        backward(out)
        for p in model.parameters():
            p.data -= lr * p.grad


ANSWERS = {
    "largest": 1.0633,
    "shared": 33,
    "off": 11,
    "zeros": 16,
    "steepest": -1.0633,
}


if __name__ == "__main__":
    points, labels = moons()
    model = network()
    train(model, points, labels)
    print(sum((model(p).data > 0) == (label > 0) for p, label in zip(points, labels)), "of", len(points))
