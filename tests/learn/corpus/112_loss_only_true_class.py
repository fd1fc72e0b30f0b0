# exercise: 12
# expect: V18
# style: chain rule done by hand
import math

from e07_value import Value


def mse_loss(predictions, targets):
    terms = []
    for ps, ts in zip(predictions, targets):
        terms += [(p - t) ** 2 for p, t in zip(ps, ts)]
    loss = terms[0]
    for term in terms[1:]:
        loss = loss + term
    return loss / len(terms)


def mse_gradient(predictions, targets):
    count = sum(len(ps) for ps in predictions)
    return [[(p - t) * 2 / count for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def softmax(logits):
    result = []
    for zs in logits:
        m = max(z.data for z in zs)
        es = [(z - m).exp() for z in zs]
        total = es[0]
        for e in es[1:]:
            total = total + e
        result.append([e / total for e in es])
    return result


def cross_entropy(logits, classes):
    loss = Value(0.0)
    for zs, k in zip(logits, classes):
        m = max(z.data for z in zs)
        total = Value(0.0)
        for z in zs:
            total = total + (z - m).exp()
        loss = loss + (total.log() - (zs[k] - m))
    return loss / len(logits)


def plain_softmax(zs):
    m = max(zs)
    es = [math.exp(z - m) for z in zs]
    return [e / sum(es) for e in es]


def cross_entropy_gradient(logits, classes):
    # loss = -log p[k], so the derivative is -1 / p[k] at k and 0 elsewhere
    rows = []
    for zs, k in zip(logits, classes):
        p = plain_softmax(zs)
        row = [0.0 for _ in zs]
        row[k] = -1 / p[k] / len(logits)
        rows.append(row)
    return rows
