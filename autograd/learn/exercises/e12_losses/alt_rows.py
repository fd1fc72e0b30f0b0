"""Exercise 12 row by row: functions of one row, and their means over the batch; one-hot rows for the classes."""

from math import exp


def mse_loss(predictions, targets):
    per_row = []
    for p, t in zip(predictions, targets):
        per_row.append(sum((a - b) ** 2 for a, b in zip(p, t)) / len(t))
    return sum(per_row) / len(per_row)


def mse_gradient(predictions, targets):
    rows, columns = len(targets), len(targets[0])
    gradient = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            gradient[i][j] = (predictions[i][j] - targets[i][j]) * 2 / rows / columns
    return gradient


def softmax(logits):
    return list(map(softmax_of_row, logits))


def softmax_of_row(row):
    """p of j is 1 over the sum of exp(z - z of j); logits that are more than 700 apart count as 700 apart, to spare exp."""
    return [1 / sum((z - w if z.data - w.data < 700 else (z - w) * 0 + 700).exp() for z in row) for w in row]


def cross_entropy(logits, classes):
    losses = []
    for row, one_hot in zip(logits, hot(classes, len(logits[0]))):
        top = max(z.data for z in row)
        spread = sum(((z - top).exp() for z in row), start=0.0)
        losses.append(spread.log() - sum((z - top) * y for z, y in zip(row, one_hot)))
    return sum(losses) / len(losses)


def hot(classes, n):
    return [[1.0 if j == k else 0.0 for j in range(n)] for k in classes]


def cross_entropy_gradient(logits, classes):
    out = []
    for row, one_hot in zip(logits, hot(classes, len(logits[0]))):
        e = [exp(z - max(row)) for z in row]
        out.append(tuple((x / sum(e) - y) / len(logits) for x, y in zip(e, one_hot)))
    return tuple(out)
