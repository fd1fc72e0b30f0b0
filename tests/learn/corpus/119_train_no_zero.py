# exercise: 13
# expect: T1
# style: over-commented
from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    # remember the weights
    ws = []
    for step in range(most):
        # forward
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            prediction = w * x
            loss = loss + (prediction - y) ** 2
        loss = loss / len(xs)
        # good enough?
        if loss.data < threshold:
            break
        # backward
        backward(loss)
        # step
        w.data = w.data - lr * w.grad
        ws.append(w.data)
    return ws
