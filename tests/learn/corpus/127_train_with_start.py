# exercise: 13
# expect: not sure
# style: the history begins with w itself
from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    weights = [w.data]
    count = 0
    while True:
        loss = Value(0.0)
        for i in range(len(xs)):
            loss = loss + (w * xs[i] - ys[i]) ** 2
        loss = loss / len(xs)
        if loss.data < threshold or count == most:
            return weights
        w.grad = 0
        backward(loss)
        w.data = w.data - lr * w.grad
        weights.append(w.data)
        count += 1
