# exercise: 13
# wrong
# where: train, line 17
# mend: stop where the loss is small, not where it changes little
# names: none

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    previous = float("inf")
    for step in range(most):
        w.grad = 0.0
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        if previous - loss.data < threshold:
            break
        previous = loss.data
        backward(loss)
        w.data -= lr * w.grad
        history.append(w.data)
    return history
