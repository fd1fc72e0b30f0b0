# exercise: 12
# expect: V1
# style: helper functions
from math import exp

from e07_value import Value


def total(values):
    s = Value(0.0)
    for v in values:
        s = s + v
    return s


def mse_loss(predictions, targets):
    return total((p - t) * (p - t) for ps, ts in zip(predictions, targets) for p, t in zip(ps, ts))


def mse_gradient(predictions, targets):
    n = sum(len(row) for row in predictions)
    return [[2 / n * (p - t) for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def softmax_row(zs):
    top = max(z.data for z in zs)
    es = [(z - top).exp() for z in zs]
    s = total(es)
    return [e / s for e in es]


def softmax(logits):
    return [softmax_row(zs) for zs in logits]


def cross_entropy(logits, classes):
    losses = []
    for zs, k in zip(logits, classes):
        top = max(z.data for z in zs)
        losses.append(total((z - top).exp() for z in zs).log() + top - zs[k])
    return total(losses) * (1 / len(losses))


def cross_entropy_gradient(logits, classes):
    grads = []
    for zs, k in zip(logits, classes):
        top = max(zs)
        s = sum(exp(z - top) for z in zs)
        grads.append([(exp(z - top) / s - (1 if j == k else 0)) / len(classes) for j, z in enumerate(zs)])
    return grads
