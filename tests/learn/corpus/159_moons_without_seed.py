# exercise: 17
# expect: Q1
# style: closures, nothing seeded
from e07_value import Value
from e09_backward import backward
from e11_network import MLP


class Network:
    def __init__(self, size=8):
        self.one = MLP(2, [size])
        self.two = MLP(size, [1])

    def __call__(self, point):
        hidden = [v.relu() for v in self.one(point)]
        return self.two(hidden)[0]

    def parameters(self):
        return self.one.parameters() + self.two.parameters()


network = Network


def loss(model, points, labels):
    total = Value(0.0)
    for point, label in zip(points, labels):
        total = total + (model(point) - label) ** 2
    return total / len(points)


def train(model, points, labels, steps=800, lr=0.05):
    for i in range(steps):
        here = [points[i % len(points)]], [labels[i % len(points)]]
        for parameter in model.parameters():
            parameter.grad = 0.0
        backward(loss(model, *here))
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad


ANSWERS = {"largest": None, "shared": None, "off": None, "zeros": None, "steepest": None}
