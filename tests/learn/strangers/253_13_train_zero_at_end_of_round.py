# exercise: 13
# right

from e07_value import Value
from e09_backward import backward


class Trainer:
    def __init__(self, w, lr):
        self.w, self.lr = w, lr
        self.w.grad = 0.0

    def loss(self, xs, ys):
        total = Value(0.0)
        for x, y in zip(xs, ys):
            d = y - self.w * x
            total += d * d
        return total / len(xs)

    def step(self, loss):
        backward(loss)
        self.w.data -= self.lr * self.w.grad
        self.w.grad = 0.0
        return self.w.data


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    trainer, history = Trainer(w, lr), []
    for _ in range(most):
        loss = trainer.loss(xs, ys)
        if loss.data < threshold:
            return history
        history.append(trainer.step(loss))
    return history
