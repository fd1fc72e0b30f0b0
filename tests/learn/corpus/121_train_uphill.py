# exercise: 13
# expect: T3
# style: classes
from e07_value import Value
from e09_backward import backward


class Trainer:
    def __init__(self, w, lr, threshold, most):
        self.w, self.lr, self.threshold, self.most = w, lr, threshold, most
        self.history = []

    def loss(self, xs, ys):
        s = Value(0.0)
        for x, y in zip(xs, ys):
            s = s + (y - self.w * x) ** 2
        return s / len(xs)

    def update(self):
        self.w.data += self.lr * self.w.grad
        self.history.append(self.w.data)

    def fit(self, xs, ys):
        while len(self.history) < self.most:
            loss = self.loss(xs, ys)
            if loss.data < self.threshold:
                break
            self.w.grad = 0.0
            backward(loss)
            self.update()
        return self.history


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    return Trainer(w, lr, threshold, most).fit(xs, ys)
