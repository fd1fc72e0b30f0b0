# exercise: 17
# expect: passed
# style: own neurons without MLP, dictionaries of weights, numbers read from the graph by the file itself
import random

from e07_value import Value
from e09_backward import backward

HIDDEN = 10


def network():
    rng = random.Random(2)
    w = {("in", i, j): Value(rng.gauss(0, 1)) for i in range(2) for j in range(HIDDEN)}
    w.update({("bias", j): Value(0.0) for j in range(HIDDEN)})
    w.update({("out", j): Value(rng.gauss(0, 0.5)) for j in range(HIDDEN)})
    w["last"] = Value(0.0)

    def score(point):
        total = w["last"]
        for j in range(HIDDEN):
            z = w["in", 0, j] * point[0] + w["in", 1, j] * point[1] + w["bias", j]
            total = total + w["out", j] * z.relu()
        return total

    score.parameters = lambda: list(w.values())
    return score


def loss(model, points, labels):
    total = Value(0.0)
    for point, label in zip(points, labels):
        total += (label - model(point)) ** 2
    return total / len(points)


def train(model, points, labels, steps=1200, lr=0.05):
    order = [i % len(points) for i in range(steps)]
    for i in order:
        out = loss(model, [points[i]], [labels[i]])
        for p in model.parameters():
            p.grad = 0
        backward(out)
        for p in model.parameters():
            p.data = p.data - lr * p.grad


ANSWERS = {
    "largest": 0.3386,
    "shared": 41,
    "off": 10,
    "zeros": 0,
    "steepest": -0.3386,
}
