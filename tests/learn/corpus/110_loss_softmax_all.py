# exercise: 12
# expect: V14
# style: flattened lists
import math

from e07_value import Value


def flat(rows):
    return [x for row in rows for x in row]


def rows_of(values, width):
    return [values[i:i + width] for i in range(0, len(values), width)]


def mse_loss(predictions, targets):
    ps, ts = flat(predictions), flat(targets)
    return sum([(p - t) ** 2 for p, t in zip(ps, ts)], Value(0)) / len(ps)


def mse_gradient(predictions, targets):
    ps, ts = flat(predictions), flat(targets)
    return rows_of([2 * (p - t) / len(ps) for p, t in zip(ps, ts)], len(predictions[0]))


def softmax(logits):
    zs = flat(logits)
    top = max(z.data for z in zs)
    es = [(z - top).exp() for z in zs]
    total = sum(es, Value(0))
    return rows_of([e / total for e in es], len(logits[0]))


def cross_entropy(logits, classes):
    loss = Value(0)
    for zs, k in zip(logits, classes):
        top = max(z.data for z in zs)
        loss = loss - (zs[k] - top - sum([(z - top).exp() for z in zs], Value(0)).log())
    return loss / len(classes)


def cross_entropy_gradient(logits, classes):
    out = []
    for zs, k in zip(logits, classes):
        top = max(zs)
        es = [math.exp(z - top) for z in zs]
        ps = [e / sum(es) for e in es]
        out.append([(p - 1 if j == k else p) / len(classes) for j, p in enumerate(ps)])
    return out
