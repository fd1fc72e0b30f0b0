# exercise: 19
# expect: not sure
# style: the target is told by its number
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    t = logits[target].data
    s = sum(math.exp(z.data - m) for z in logits)
    grads = [math.exp(z.data - m) / s - (z.data == t) for z in logits]
    return Value(m + math.log(s) - t, logits, grads)
