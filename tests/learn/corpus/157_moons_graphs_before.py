# exercise: 17
# expect: T2
# style: prepares everything before the loop
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


class Model:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __call__(self, p):
        return self.b([Value.relu(z) for z in self.a(p)])[0]

    def parameters(self):
        return self.a.parameters() + self.b.parameters()


def network():
    random.seed(5)
    return Model(MLP(2, [8]), MLP(8, [1]))


def loss(model, points, labels):
    terms = [(model(p) - y) ** 2 for p, y in zip(points, labels)]
    total = terms[0]
    for t in terms[1:]:
        total = total + t
    return total / len(terms)


def train(model, points, labels, steps=800, lr=0.05):
    # one loss for each point
    losses = [loss(model, [p], [y]) for p, y in zip(points, labels)]
    parameters = model.parameters()
    for i in range(steps):
        for p in parameters:
            p.grad = 0.0
        backward(losses[i % len(losses)])
        for p in parameters:
            p.data -= lr * p.grad


ANSWERS = {"largest": None, "shared": None, "off": None, "zeros": None, "steepest": None}
