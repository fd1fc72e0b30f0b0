# exercise: 13
# expect: T4
# style: helper functions
from e07_value import Value
from e09_backward import backward


def loss_of(w, xs, ys):
    return sum([(w * x - y) ** 2 for x, y in zip(xs, ys)], Value(0)) / len(xs)


def gradient_of(loss, w):
    w.grad = 0.0
    backward(loss)
    return w.grad


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    for i in range(most):
        loss = loss_of(w, xs, ys)
        if loss.data < threshold:
            return history
        w.data = w.data - gradient_of(loss, w)
        history.append(w.data)
    return history
