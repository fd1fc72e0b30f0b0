"""Exercise 17 with the weights in flat lists, without the classes of exercise 11; the answers are computed."""

import math
import random

from e07_value import Value
from e08_toposort import toposort
from e09_backward import backward

HIDDEN = 10


class Net:
    def __init__(self):
        numbers = random.Random(3)
        self.inner = [[Value(numbers.gauss(0, 1)) for _ in range(3)] for _ in range(HIDDEN)]
        self.outer = [Value(numbers.gauss(0, 0.3)) for _ in range(HIDDEN + 1)]

    def __call__(self, point):
        x, y = point
        score = self.outer[HIDDEN]
        for (wx, wy, b), w in zip(self.inner, self.outer):
            score = score + w * (wx * x + wy * y + b).relu()
        return score

    def parameters(self):
        for row in self.inner:
            yield from row
        yield from self.outer


network = Net


def loss(model, points, labels):
    total = 0
    for i, point in enumerate(points):
        error = model(point) - labels[i]
        total = error * error + total
    return total / float(len(points))


def train(model, points, labels, steps=480, lr=0.04):
    for point, label in (list(zip(points, labels)) * (1 + steps // len(points)))[:steps]:
        backward(loss(model, [point], [label]))
        for p in model.parameters():
            p.data, p.grad = p.data - lr * p.grad, 0


def moons(n=40):
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


def read():
    points, labels = moons()
    model = Net()
    train(model, points, labels)
    parameters = list(model.parameters())
    out = loss(model, points[8:10], labels[8:10])
    backward(out)
    nodes = list(toposort(out))
    arriving, received = [], {}
    for node in nodes:
        for parent, gradient in zip(node.parents, node.pull(node.grad) if node.pull else ()):
            received[id(parent)] = received.get(id(parent), 0) + 1
            if any(parent is p for p in parameters):
                arriving.append(abs(gradient))
    sums = [(wx.data * x + wy.data * y + b.data) for x, y in points[8:10] for wx, wy, b in model.inner]
    return {
        "largest": max(arriving),
        "shared": len([n for n in received.values() if n > 1]),
        "off": len([s for s in sums if s <= 0]),
        "zeros": [p.grad for p in parameters].count(0),
        "steepest": sorted((p.grad for p in parameters), key=abs)[-1],
    }


ANSWERS = read()
