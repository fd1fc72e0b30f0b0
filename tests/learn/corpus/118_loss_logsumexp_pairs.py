# exercise: 12
# expect: passed
# style: log of sums built two at a time, gradients through NumPy
import numpy as np

from e07_value import Value


def fold(values):
    """Adds in pairs, as a tree."""
    values = list(values)
    while len(values) > 1:
        values = [values[i] + values[i + 1] if i + 1 < len(values) else values[i] for i in range(0, len(values), 2)]
    return values[0]


def mse_loss(predictions, targets):
    rows = [fold((p - t) ** 2 for p, t in zip(ps, ts)) / len(ps) for ps, ts in zip(predictions, targets)]
    return fold(rows) / len(rows)


def mse_gradient(predictions, targets):
    difference = np.subtract(predictions, targets)
    return 2 * difference / difference.size


def log_softmax(row):
    shift = Value(max(z.data for z in row))
    log_sum = fold((z - shift).exp() for z in row).log()
    return [z - shift - log_sum for z in row]


def softmax(logits):
    return [[v.exp() for v in log_softmax(row)] for row in logits]


def cross_entropy(logits, classes):
    return -fold(log_softmax(row)[k] for row, k in zip(logits, classes)) / len(classes)


def cross_entropy_gradient(logits, classes):
    z = np.asarray(logits, dtype=float)
    p = np.exp(z - z.max(1)[:, None])
    p /= p.sum(1)[:, None]
    return (p - np.eye(z.shape[1])[classes]) / len(z)
