# exercise: 17
# expect: Q7
# style: numbers read from the graph, the relus that are on counted for those that are off
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


class Net:
    def __init__(self):
        random.seed(4)
        self.first, self.last = MLP(2, [8]), MLP(8, [1])

    def __call__(self, xy):
        return self.last([n.relu() for n in self.first(xy)])[0]

    def parameters(self):
        return self.first.parameters() + self.last.parameters()


def network():
    return Net()


def loss(model, points, labels):
    n = len(points)
    return sum([(model(p) - y) ** 2 for p, y in zip(points, labels)], Value(0.0)) / n


def train(model, points, labels, steps=1600, lr=0.05):
    n = len(points)
    for i in range(steps):
        for p in model.parameters():
            p.grad = 0.0
        backward(loss(model, [points[i % n]], [labels[i % n]]))
        for p in model.parameters():
            p.data -= lr * p.grad


ANSWERS = {
    "largest": 0.8428,
    "shared": 33,
    "off": 6,
    "zeros": 8,
    "steepest": -0.8428,
}
