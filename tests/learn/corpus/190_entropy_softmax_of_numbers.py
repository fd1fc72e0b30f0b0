# exercise: 19
# expect: N6
# style: softmax computed with numbers and wrapped at the end
import numpy as np
from e18_local_derivatives import Value


def softmax(logits):
    z = np.array([v.data for v in logits])
    p = np.exp(z - z.max())
    return [Value(float(x)) for x in p / p.sum()]


def cross_entropy(logits, target):
    z = np.array([v.data for v in logits])
    p = np.exp(z - z.max())
    log_sum = np.log(p.sum()) + z.max()
    g = p / p.sum()
    g[target] -= 1
    return Value(float(log_sum - z[target]), list(logits), g.tolist())
