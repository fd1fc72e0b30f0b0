# exercise: 19
# wrong
# where: cross_entropy, line 22
# mend: the loss before 1 is subtracted
# names: none

import math

from e18_local_derivatives import Value


def softmax(logits):
    top = max(z.data for z in logits)
    exps = [(z - top).exp() for z in logits]
    total = sum(exps)
    return [e / total for e in exps]


def cross_entropy(logits, target):
    ps = [p.data for p in softmax(logits)]
    ps[target] -= 1.0
    loss = -math.log(abs(ps[target]))
    return Value(loss, tuple(logits), tuple(ps))
