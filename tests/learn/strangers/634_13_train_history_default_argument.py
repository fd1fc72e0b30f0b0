# exercise: 13
# wrong
# where: train, line 11
# mend: a new history in each call
# names: state shared by calls

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000, history=[]):
    for step in range(most):
        loss = 0.0
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
