# exercise: 12
# wrong
# where: mse_loss, line 18 | mse_gradient
# mend: divide by all entries in both
# names: V5

import math

from e07_value import Value


def mse_loss(predictions, targets):
    total, n = 0.0, 0
    for ps, ts in zip(predictions, targets):
        for p, t in zip(ps, ts):
            total = total + (p - t) ** 2
            n += 1
    return total / len(predictions)


def mse_gradient(predictions, targets):
    n = len(predictions)
    return [[2 * (p - t) / n for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def softmax(logits):
    out = []
    for row in logits:
        biggest = max(z.data for z in row)
        exps = [(z - biggest).exp() for z in row]
        total = sum(exps)
        out.append([e / total for e in exps])
    return out


def cross_entropy(logits, classes):
    total = 0.0
    for row, k in zip(logits, classes):
        biggest = max(z.data for z in row)
        log_sum = sum((z - biggest).exp() for z in row).log() + biggest
        total = total + log_sum - row[k]
    return total / len(logits)


def cross_entropy_gradient(logits, classes):
    rows = []
    for row, k in zip(logits, classes):
        biggest = max(row)
        exps = [math.exp(z - biggest) for z in row]
        total = sum(exps)
        rows.append([(e / total - (j == k)) / len(logits) for j, e in enumerate(exps)])
    return rows
