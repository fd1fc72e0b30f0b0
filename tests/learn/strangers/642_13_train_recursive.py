# exercise: 13
# right

import sys

from e07_value import Value
from e09_backward import backward

sys.setrecursionlimit(20000)


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    if most == 0:
        return []
    error = Value(0.0)
    for i in range(len(xs)):
        error += (xs[i] * w - ys[i]) ** 2
    error /= len(xs)
    if error.data < threshold:
        return []
    before, w.grad = w.grad, 0.0
    backward(error)
    w.data -= lr * w.grad
    return [w.data] + train(xs, ys, w, lr, threshold, most - 1)
