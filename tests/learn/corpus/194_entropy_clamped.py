# exercise: 19
# expect: not sure | L1
# style: a probability of at least 1e-12, so that log does not fail
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    p = [max(q.data, 1e-12) for q in softmax(logits)]
    return Value(-math.log(p[target]), logits, [q - (i == target) for i, q in enumerate(p)])
