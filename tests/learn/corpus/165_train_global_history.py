# exercise: 13
# expect: not sure
# style: globals
from e07_value import Value
from e09_backward import backward

history = []


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    for _ in range(most):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x - y) ** 2
        loss = loss * (1 / len(xs))
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        w.data -= lr * w.grad
        history.append(w.data)
    return history
