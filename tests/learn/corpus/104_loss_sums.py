# exercise: 12
# expect: V1 | V2
# style: sums instead of means
from e07_value import Value


def mse_loss(predictions, targets):
    loss = Value(0.0)
    for row_p, row_t in zip(predictions, targets):
        for p, t in zip(row_p, row_t):
            loss = loss + (p - t) ** 2
    return loss


def mse_gradient(predictions, targets):
    return [[2 * (p - t) for p, t in zip(rp, rt)] for rp, rt in zip(predictions, targets)]


def softmax(logits):
    result = []
    for row in logits:
        m = max(z.data for z in row)
        exps = [(z - m).exp() for z in row]
        total = sum(exps, Value(0.0))
        result.append([e / total for e in exps])
    return result


def cross_entropy(logits, classes):
    loss = Value(0.0)
    for row, k in zip(logits, classes):
        m = max(z.data for z in row)
        total = sum(((z - m).exp() for z in row), Value(0.0))
        loss = loss + total.log() - (row[k] - m)
    return loss / len(logits)


def cross_entropy_gradient(logits, classes):
    from math import exp
    rows = []
    for row, k in zip(logits, classes):
        m = max(row)
        e = [exp(z - m) for z in row]
        p = [v / sum(e) for v in e]
        p[k] -= 1
        rows.append([v / len(logits) for v in p])
    return rows
