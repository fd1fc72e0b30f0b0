# exercise: 13
# wrong
# where: train, line 13
# mend: loss starts at 0 in each step
# names: none

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    loss = 0.0
    for step in range(most):
        for x, y in zip(xs, ys):
            loss = loss + (w * x - y) ** 2
        loss = loss / len(xs)
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        w.data = w.data - lr * w.grad
        history.append(w.data)
    return history
