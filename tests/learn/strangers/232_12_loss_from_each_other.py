# exercise: 12
# right

from math import exp, fsum

from e07_value import Value


def _flat(rows):
    return [x for row in rows for x in row]


def mse_loss(predictions, targets):
    errors = [(p - t) * (p - t) for p, t in zip(_flat(predictions), _flat(targets))]
    return sum(errors, Value(0.0)) * (1 / len(errors))


def mse_gradient(predictions, targets):
    scale = 2 / len(_flat(targets))
    return [[scale * (p - t) for p, t in zip(*pair)] for pair in zip(predictions, targets)]


def _row(zs):
    top = max(zs, key=lambda z: z.data)   # 移动一个 Value 也可以，softmax 不变
    es = [(z - top).exp() for z in zs]
    total = sum(es[1:], es[0])
    return [e / total for e in es]


def softmax(logits):
    return list(map(_row, logits))


def cross_entropy(logits, classes):
    losses = []
    for zs, k in zip(logits, classes):
        top = max(z.data for z in zs)
        losses.append(sum(((z - top).exp() for z in zs), Value(0.0)).log() - (zs[k] - top))
    return sum(losses, Value(0.0)) / len(losses)


def cross_entropy_gradient(logits, classes):
    n = len(classes)
    result = []
    for zs, k in zip(logits, classes):
        ps = [1 / fsum(exp(min(o - z, 700)) for o in zs) for z in zs]
        ps[k] -= 1
        result.append([p / n for p in ps])
    return result
