# exercise: 13
# expect: passed
# style: generator, itertools
from itertools import islice

from e07_value import Value
from e09_backward import backward


def steps(xs, ys, w, lr, threshold):
    """Yields w after each step, until the loss is small."""
    while True:
        residuals = [w * x - y for x, y in zip(xs, ys)]
        loss = sum((r * r for r in residuals), Value(0.0)) / len(residuals)
        if loss.data < threshold:
            return
        before = w.grad
        backward(loss)
        w.grad -= before
        w.data += -lr * w.grad
        yield w.data


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    return list(islice(steps(xs, ys, w, lr, threshold), most))
