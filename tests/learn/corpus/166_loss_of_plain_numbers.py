# exercise: 12
# expect: M45
# style: NumPy on .data, a Value at the end
import numpy as np

from e07_value import Value


def plain(rows):
    return np.array([[v.data for v in row] for row in rows])


def probabilities(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def mse_loss(predictions, targets):
    return Value(float(np.mean((plain(predictions) - np.array(targets)) ** 2)))


def mse_gradient(predictions, targets):
    d = np.array(predictions) - np.array(targets)
    return (2 * d / d.size).tolist()


def softmax(logits):
    return [[Value(float(p)) for p in row] for row in probabilities(plain(logits))]


def cross_entropy(logits, classes):
    z = plain(logits)
    m = z.max(axis=1)
    log_sum = np.log(np.exp(z - m[:, None]).sum(axis=1)) + m
    return Value(float(np.mean(log_sum - z[np.arange(len(z)), classes])))


def cross_entropy_gradient(logits, classes):
    p = probabilities(logits)
    p[np.arange(len(p)), classes] -= 1
    return (p / len(p)).tolist()
