# exercise: 12
# expect: V16
# style: classes
import math

from e07_value import Value


class MSE:
    def __init__(self, predictions, targets):
        self.pairs = [list(zip(p, t)) for p, t in zip(predictions, targets)]
        self.n = sum(map(len, self.pairs))

    def loss(self):
        s = Value(0.0)
        for row in self.pairs:
            for p, t in row:
                s = s + (p - t) ** 2
        return s / self.n

    def gradient(self):
        return [[2 / self.n * (p - t) for p, t in row] for row in self.pairs]


class CrossEntropy:
    def __init__(self, logits, classes):
        self.logits = logits
        self.classes = classes

    def loss(self):
        s = Value(0.0)
        for row, k in zip(self.logits, self.classes):
            m = max(z.data for z in row)
            shifted = [z - m for z in row]
            s = s + sum([z.exp() for z in shifted], Value(0.0)).log() - shifted[k]
        return s / len(self.classes)

    def gradient(self):
        result = []
        for row, k in zip(self.logits, self.classes):
            m = max(row)
            e = [math.exp(z - m) for z in row]
            p = [x / sum(e) for x in e]
            y = [0.0] * len(row)
            y[k] = 1.0
            result.append([a - b for a, b in zip(p, y)])    # p - y
        return result


def mse_loss(predictions, targets):
    return MSE(predictions, targets).loss()


def mse_gradient(predictions, targets):
    return MSE(predictions, targets).gradient()


def softmax(logits):
    out = []
    for row in logits:
        m = max(z.data for z in row)
        e = [(z - m).exp() for z in row]
        out.append([x / sum(e, Value(0.0)) for x in e])
    return out


def cross_entropy(logits, classes):
    return CrossEntropy(logits, classes).loss()


def cross_entropy_gradient(logits, classes):
    return CrossEntropy(logits, classes).gradient()
