# exercise: 13
# expect: T5
# style: PyTorch-like names
from e07_value import Value
from e09_backward import backward


class Optimizer:
    def __init__(self, params, lr):
        self.params = params
        self.lr = lr

    def zero_grad(self):
        for p in self.params:
            p.grad = 0.0

    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad


def criterion(outputs, labels):
    s = Value(0.0)
    for o, l in zip(outputs, labels):
        s = s + (o - l) ** 2
    return s / len(labels)


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    optimizer = Optimizer([w], lr)
    losses = []
    for epoch in range(most):
        outputs = [w * x for x in xs]
        loss = criterion(outputs, ys)
        if loss.data < threshold:
            break
        backward(loss)
        optimizer.zero_grad()
        optimizer.step()
        losses.append(w.data)
    return losses
