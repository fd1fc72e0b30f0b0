"""Exercise 17: train a network, and read its graph.

The data are two interleaved half moons: points of two numbers, with the label 1 or -1. Build a network of Values with a
hidden layer of relus, train it until at least 95 % of the points are on the right side, and look into one step.

    model = network()                    # untrained; the same weights each time, so seed random
    model([0.5, -0.2])                   # one Value, the score: above 0 means label 1
    model.parameters()                   # all its weights and biases
    loss(model, points, labels)          # the mean over the points of (score - label)²: a Value
    train(model, points, labels)         # plain gradient descent: step i, counted from 0, uses point i % n alone

(MLP(2, [8]) has one layer, and the last layer is linear: it can stand before the relus.) The check trains as you do, with
your values for steps and lr. Then it makes one more graph, of the loss of two points, and runs backward:

    out = loss(model, points[8:10], labels[8:10])
    backward(out)

Fill in what you read there:

    largest     the largest gradient, regardless of sign, that a parameter received from one node, before adding up
    shared      how many nodes received more than one gradient
    off         how many relus passed on nothing, because their input was not positive
    zeros       how many parameters have the gradient 0
    steepest    the gradient, with its sign, of the parameter by which the loss changes fastest

Run this file to print what you need. Three digits are enough.
"""

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


def network():
    """A new network, with the same weights in each call."""
    raise NotImplementedError


def loss(model, points, labels):
    """The mean of the squares of score - label."""
    raise NotImplementedError


def train(model, points, labels, steps=800, lr=0.05):
    """So many steps of gradient descent; each on one point, in turn."""
    raise NotImplementedError


ANSWERS = {
    "largest": None,
    "shared": None,
    "off": None,
    "zeros": None,
    "steepest": None,
}


if __name__ == "__main__":
    points, labels = moons()
    model = network()
    train(model, points, labels)
    print(sum((model(p).data > 0) == (label > 0) for p, label in zip(points, labels)), "of", len(points))
