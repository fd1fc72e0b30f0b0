"""Exercise 13 with the loss of exercise 12, a while loop, and the gradient cleared after the step."""

from e09_backward import backward
from e12_losses import mse_loss


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    def loss():
        return mse_loss([[w * x] for x in xs], [[y] for y in ys])

    path = []
    w.grad = 0.0
    error = loss()
    while len(path) < most and not error.data < threshold:
        backward(error)
        w.data = w.data - lr * w.grad
        w.grad = 0.0
        path.append(w.data)
        error = loss()
    return path
