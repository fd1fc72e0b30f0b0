# exercise: 19
# expect: L1
# style: softmax first, then its logarithm
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    p = [q.data for q in softmax(logits)]
    return Value(-math.log(p[target]), logits, [q - (i == target) for i, q in enumerate(p)])
