# exercise: 17
# expect: T5
# style: PyTorch-like optimizer
import random

from e07_value import Value
from e09_backward import backward
from e11_network import MLP


class SGD:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = parameters, lr

    def step(self):
        for p in self.parameters:
            p.data = p.data - self.lr * p.grad

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0


class Net:
    def __init__(self):
        rng = random.getstate()
        random.seed(12)
        self.l1, self.l2 = MLP(2, [8]), MLP(8, [1])
        random.setstate(rng)

    def __call__(self, x):
        return self.l2([v.relu() for v in self.l1(x)])[0]

    def parameters(self):
        return [*self.l1.parameters(), *self.l2.parameters()]


def network():
    return Net()


def loss(model, points, labels):
    s = Value(0.0)
    for point, label in zip(points, labels):
        d = model(point) - label
        s = s + d * d
    return s * (1 / len(points))


def train(model, points, labels, steps=800, lr=0.05):
    optimizer = SGD(model.parameters(), lr)
    for i in range(steps):
        point, label = points[i % len(points)], labels[i % len(labels)]
        l = loss(model, [point], [label])
        backward(l)
        optimizer.zero_grad()
        optimizer.step()


ANSWERS = dict.fromkeys(["largest", "shared", "off", "zeros", "steepest"])
