# exercise: 12
# expect: V5
# style: NumPy in the formulas
import numpy as np

from e07_value import Value


def mse_loss(predictions, targets):
    squares = [(p - t) ** 2 for ps, ts in zip(predictions, targets) for p, t in zip(ps, ts)]
    return sum(squares, Value(0)) / len(squares)


def mse_gradient(predictions, targets):
    p = np.array(predictions)
    t = np.array(targets)
    N = p.shape[0]
    return (2 * (p - t) / N).tolist()


def softmax(logits):
    rows = []
    for zs in logits:
        shift = max(z.data for z in zs)
        exps = [(z - shift).exp() for z in zs]
        rows.append([e / sum(exps, Value(0)) for e in exps])
    return rows


def cross_entropy(logits, classes):
    loss = Value(0)
    for zs, c in zip(logits, classes):
        shift = max(z.data for z in zs)
        loss = loss + sum(((z - shift).exp() for z in zs), Value(0)).log() + shift - zs[c]
    return loss / len(classes)


def cross_entropy_gradient(logits, classes):
    z = np.array(logits, dtype=float)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(classes)), classes] -= 1
    return (p / len(classes)).tolist()
