# exercise: 13
# expect: T6
# style: local copies
from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    for _ in range(most):
        loss = Value(0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x - y) * (w * x - y)
        loss = loss / len(xs)
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        weight = w.data
        weight -= lr * w.grad
        history.append(w.data)
    return history
