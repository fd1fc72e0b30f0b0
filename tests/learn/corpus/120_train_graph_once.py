# exercise: 13
# expect: T2
# style: while loop
from e09_backward import backward


def mse(xs, ys, w):
    errors = [(w * x - y) ** 2 for x, y in zip(xs, ys)]
    total = errors[0]
    for e in errors[1:]:
        total = total + e
    return total / len(errors)


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    loss = mse(xs, ys, w)
    history = []
    n = 0
    while n < most and loss.data >= threshold:
        w.grad = 0.0
        backward(loss)
        w.data -= lr * w.grad
        history.append(w.data)
        n += 1
    return history
