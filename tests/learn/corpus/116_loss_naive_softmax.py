# exercise: 12
# expect: V22
# style: straight from the formulas
import math

from e07_value import Value


def mse_loss(predictions, targets):
    loss = Value(0.0)
    n = 0
    for ps, ts in zip(predictions, targets):
        for p, t in zip(ps, ts):
            loss = loss + (p - t) * (p - t)
            n += 1
    return loss / n


def mse_gradient(predictions, targets):
    n = len(predictions) * len(predictions[0])
    return [[2.0 * (p - t) / n for p, t in zip(ps, ts)] for ps, ts in zip(predictions, targets)]


def softmax(logits):
    probabilities = []
    for row in logits:
        exps = [z.exp() for z in row]
        s = sum(exps, Value(0.0))
        probabilities.append([e / s for e in exps])
    return probabilities


def cross_entropy(logits, classes):
    probabilities = softmax(logits)
    loss = Value(0.0)
    for row, k in zip(probabilities, classes):
        loss = loss - row[k].log()
    return loss / len(classes)


def cross_entropy_gradient(logits, classes):
    n = len(logits)
    result = []
    for row, k in zip(logits, classes):
        exps = [math.exp(z) for z in row]
        s = sum(exps)
        p = [e / s for e in exps]
        p[k] = p[k] - 1
        result.append([v / n for v in p])
    return result
