# exercise: 13
# right

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    def loss():
        terms = [(w * x - y) * (w * x - y) for x, y in zip(xs, ys)]
        return sum(terms, Value(0.0)) * (1 / len(terms))

    history = []
    while len(history) < most and (out := loss()).data >= threshold:
        w.grad = 0
        backward(out)
        w.data += -lr * w.grad
        history += [w.data]
    return history
