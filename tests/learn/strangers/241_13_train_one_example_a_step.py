# exercise: 13
# wrong
# where: train, line 15
# mend: all the examples in each step
# names: T11

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    for i in range(most):
        x, y = xs[i % len(xs)], ys[i % len(xs)]
        loss = (w * x - y) ** 2
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        w.data -= lr * w.grad
        history.append(w.data)
    return history
