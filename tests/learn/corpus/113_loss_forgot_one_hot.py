# exercise: 12
# expect: V19
# style: comprehension everywhere
import math

from e07_value import Value


def mse_loss(predictions, targets):
    d = [p - t for P, T in zip(predictions, targets) for p, t in zip(P, T)]
    return sum((x * x for x in d), Value(0)) / len(d)


def mse_gradient(predictions, targets):
    n = len(predictions) * len(predictions[0])
    return [[2 * (p - t) / n for p, t in zip(P, T)] for P, T in zip(predictions, targets)]


def softmax(logits):
    shifted = [[z - max(y.data for y in Z) for z in Z] for Z in logits]
    return [[z.exp() / sum((y.exp() for y in Z), Value(0)) for z in Z] for Z in shifted]


def cross_entropy(logits, classes):
    shifted = [[z - max(y.data for y in Z) for z in Z] for Z in logits]
    parts = [sum((y.exp() for y in Z), Value(0)).log() - Z[k] for Z, k in zip(shifted, classes)]
    return sum(parts, Value(0)) / len(parts)


def cross_entropy_gradient(logits, classes):
    e = [[math.exp(z - max(Z)) for z in Z] for Z in logits]
    return [[x / sum(E) / len(e) for x in E] for E in e]
