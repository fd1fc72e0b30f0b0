# exercise: 12
# expect: V13
# style: columns with zip(*rows)
import math

from e07_value import Value


def mse_loss(predictions, targets):
    n = 0
    out = Value(0.0)
    for p_row, t_row in zip(predictions, targets):
        for p, t in zip(p_row, t_row):
            out += (p - t) ** 2
            n += 1
    return out / n


def mse_gradient(predictions, targets):
    n = len(predictions) * len(predictions[0])
    return [[2 * (p - t) / n for p, t in zip(*rows)] for rows in zip(predictions, targets)]


def softmax(logits):
    columns = []
    for column in zip(*logits):
        m = max(z.data for z in column)
        e = [(z - m).exp() for z in column]
        s = sum(e, Value(0.0))
        columns.append([x / s for x in e])
    return [list(row) for row in zip(*columns)]


def cross_entropy(logits, classes):
    total = Value(0.0)
    for z, k in zip(logits, classes):
        m = max(v.data for v in z)
        total += sum([(v - m).exp() for v in z], Value(0.0)).log() - (z[k] - m)
    return total / len(logits)


def cross_entropy_gradient(logits, classes):
    grads = []
    for z, k in zip(logits, classes):
        e = [math.exp(v - max(z)) for v in z]
        grads.append([(v / sum(e) - int(j == k)) / len(logits) for j, v in enumerate(e)])
    return grads
