# exercise: 13
# expect: T14
# style: a new w in every step
from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    history = []
    for _ in range(most):
        loss = sum(((w * x - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) * (1 / len(xs))
        if loss.data < threshold:
            break
        backward(loss)
        w = Value(w.data - lr * w.grad)
        history.append(w.data)
    return history
