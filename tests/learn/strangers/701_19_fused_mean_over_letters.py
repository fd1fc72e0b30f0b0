# exercise: 19
# wrong
# where: cross_entropy, line 25
# mend: the gradients are not divided by the number of letters
# names: none

import math

from e18_local_derivatives import Value


def softmax(logits):
    top = max(z.data for z in logits)
    exps = [(z - top).exp() for z in logits]
    total = sum(exps)
    return [e / total for e in exps]


def cross_entropy(logits, target):
    zs = [z.data for z in logits]
    top = max(zs)
    exps = [math.exp(z - top) for z in zs]
    total = sum(exps)
    loss = math.log(total) + top - zs[target]
    grads = [e / total / len(zs) for e in exps]
    grads[target] -= 1
    return Value(loss, tuple(logits), tuple(grads))
