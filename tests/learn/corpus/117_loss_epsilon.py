# exercise: 12
# expect: not sure
# style: a small number against log of 0
import math

from e07_value import Value

EPS = 1e-7


def mse_loss(predictions, targets):
    loss = Value(0.0)
    for ps, ts in zip(predictions, targets):
        for p, t in zip(ps, ts):
            loss += (p - t) ** 2
    return loss * (1.0 / (len(predictions) * len(predictions[0])))


def mse_gradient(predictions, targets):
    n = len(predictions) * len(predictions[0])
    return [[2 * (p - t) / n for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def softmax(logits):
    out = []
    for row in logits:
        m = max(z.data for z in row)
        e = [(z - m).exp() for z in row]
        s = sum(e, Value(0.0))
        out.append([x / s for x in e])
    return out


def cross_entropy(logits, classes):
    loss = Value(0.0)
    for p, k in zip(softmax(logits), classes):
        loss += -((p[k] + EPS).log())
    return loss / len(logits)


def cross_entropy_gradient(logits, classes):
    out = []
    for row, k in zip(logits, classes):
        m = max(row)
        e = [math.exp(z - m) for z in row]
        out.append([(x / sum(e) - (j == k)) / len(logits) for j, x in enumerate(e)])
    return out
