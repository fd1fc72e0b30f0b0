# exercise: 19
# expect: not sure
# style: the logarithm to base 2
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
    loss = math.log2(s) + (m - logits[target].data) / math.log(2)
    return Value(loss, logits, [(x / s - (i == target)) / math.log(2) for i, x in enumerate(e)])
