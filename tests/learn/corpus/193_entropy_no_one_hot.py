# exercise: 19
# expect: V19
# style: the gradient is p
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    s = sum(math.exp(z.data - m) for z in logits)
    return Value(m + math.log(s) - logits[target].data, logits, [p.data for p in softmax(logits)])
