# exercise: 19
# expect: crashed
# style: the first logit is subtracted, whichever is largest
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = logits[0].data
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    e = [math.exp(z.data - m) for z in logits]
    s = sum(e)
    return Value(m + math.log(s) - logits[target].data, logits, [x / s - (i == target) for i, x in enumerate(e)])
