# exercise: 19
# right

import math

from e18_local_derivatives import Value


def softmax(logits):
    losses = [cross_entropy(logits, i) for i in range(len(logits))]
    return [(-loss).exp() for loss in losses]


def cross_entropy(logits, target):
    zs = [z.data - logits[target].data for z in logits]
    top = max(zs)
    log_sum = top + math.log(math.fsum(math.exp(z - top) for z in zs))
    ps = [math.exp(z - log_sum) for z in zs]
    return Value(log_sum, list(logits), [p - 1.0 if i == target else p for i, p in enumerate(ps)])
