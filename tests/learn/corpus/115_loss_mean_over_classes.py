# exercise: 12
# expect: V21
# style: one-hot rows
import math

from e07_value import Value


def one_hot(k, n):
    return [1.0 if i == k else 0.0 for i in range(n)]


def mean(values):
    values = list(values)
    s = Value(0.0)
    for v in values:
        s = s + v
    return s / len(values)


def mse_loss(predictions, targets):
    return mean((p - t) ** 2 for ps, ts in zip(predictions, targets) for p, t in zip(ps, ts))


def mse_gradient(predictions, targets):
    n = len(predictions) * len(predictions[0])
    return [[2 * (p - t) / n for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def log_probabilities(zs):
    m = max(z.data for z in zs)
    s = Value(0.0)
    for z in zs:
        s = s + (z - m).exp()
    return [z - m - s.log() for z in zs]


def softmax(logits):
    return [[lp.exp() for lp in log_probabilities(zs)] for zs in logits]


def cross_entropy(logits, classes):
    entries = []
    for zs, k in zip(logits, classes):
        for y, lp in zip(one_hot(k, len(zs)), log_probabilities(zs)):
            entries.append(-(y * lp))
    return mean(entries)


def cross_entropy_gradient(logits, classes):
    out = []
    for zs, k in zip(logits, classes):
        m = max(zs)
        s = sum(math.exp(z - m) for z in zs)
        y = one_hot(k, len(zs))
        out.append([(math.exp(z - m) / s - yi) / len(logits) for z, yi in zip(zs, y)])
    return out
