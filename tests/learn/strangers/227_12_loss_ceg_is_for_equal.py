# exercise: 12
# wrong
# where: cross_entropy_gradient, line 51
# mend: == for is
# names: none

import math

from e07_value import Value


def mse_loss(predictions, targets):
    total, n = Value(0.0), 0
    for ps, ts in zip(predictions, targets):
        for p, t in zip(ps, ts):
            total = total + (p - t) ** 2
            n += 1
    return total / n


def mse_gradient(predictions, targets):
    n = len(predictions) * len(predictions[0])
    return [[2 * (p - t) / n for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def softmax(logits):
    rows = []
    for row in logits:
        m = max(z.data for z in row)
        es = [(z - m).exp() for z in row]
        s = sum(es)
        rows.append([e / s for e in es])
    return rows


def cross_entropy(logits, classes):
    total = Value(0.0)
    for row, k in zip(logits, classes):
        m = max(z.data for z in row)
        log_sum = sum((z - m).exp() for z in row).log() + m
        total = total + log_sum - row[k]
    return total / len(logits)


def cross_entropy_gradient(logits, classes):
    rows = []
    for row, k in zip(logits, classes):
        m = max(row)
        es = [math.exp(z - m) for z in row]
        s = sum(es)
        rows.append([(e / s - (j is k)) / len(logits) for j, e in enumerate(es)])
    return rows
