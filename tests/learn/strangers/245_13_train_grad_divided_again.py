# exercise: 13
# wrong
# where: train, line 19
# mend: the mean is in the loss already
# names: none

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    for _ in range(most):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        w.data -= lr * w.grad / len(xs)
        history.append(w.data)
    return history
