# exercise: 19
# expect: C4
# style: the largest is not added again
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    e = [math.exp(z.data - m) for z in logits]
    s = sum(e)
    loss = math.log(s) - logits[target].data
    return Value(loss, logits, [x / s - (1.0 if i == target else 0.0) for i, x in enumerate(e)])
