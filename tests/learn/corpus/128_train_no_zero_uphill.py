# exercise: 13
# expect: T1 | T3
# style: globals
from e07_value import Value
from e09_backward import backward

history = []


def step(w, lr):
    w.data = w.data + lr * w.grad
    history.append(w.data)


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history.clear()
    for k in range(most):
        error = Value(0.0)
        for x, y in zip(xs, ys):
            error = error + (w * x - y) ** 2
        error = error / len(ys)
        if error.data < threshold:
            break
        backward(error)
        step(w, lr)
    return list(history)
