# exercise: 13
# wrong
# where: train, line 14
# mend: the mean over the examples
# names: V1

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    for _ in range(most):
        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys))
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        w.data -= lr * w.grad
        history.append(w.data)
    return history
