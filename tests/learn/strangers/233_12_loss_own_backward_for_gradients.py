# exercise: 12
# right

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
    count = sum(len(row) for row in predictions)
    gradient = []
    for i in range(len(predictions)):
        gradient.append([])
        for j in range(len(predictions[i])):
            gradient[i].append((predictions[i][j] - targets[i][j]) * 2.0 / count)
    return gradient


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
        p = [e / s for e in es]
        y = [0.0] * len(p)
        y[k] = 1.0
        rows.append([(a - b) / len(classes) for a, b in zip(p, y)])
    return rows
