# exercise: 17
# expect: T17
# style: classes, the whole batch in each step
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


class Network:
    def __init__(self):
        random.seed(0)
        self.hidden = MLP(2, [10])
        self.output = MLP(10, [1])

    def __call__(self, point):
        h = self.hidden(point)
        h = [x.relu() for x in h]
        return self.output(h)[0]

    def parameters(self):
        return self.hidden.parameters() + self.output.parameters()

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0


def network():
    return Network()


def loss(model, points, labels):
    scores = [model(p) for p in points]
    return sum(((s - y) ** 2 for s, y in zip(scores, labels)), Value(0.0)) / len(points)


def train(model, points, labels, steps=100, lr=0.1):
    for _ in range(steps):
        error = loss(model, points, labels)
        for p in model.parameters():
            p.grad = 0.0
        backward(error)
        for p in model.parameters():
            p.data -= lr * p.grad


ANSWERS = {"largest": None, "shared": None, "off": None, "zeros": None, "steepest": None}
