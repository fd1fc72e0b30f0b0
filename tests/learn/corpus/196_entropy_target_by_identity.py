# exercise: 19
# expect: not sure
# style: the target is told by the object, so that one used twice counts twice
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
    grads = [math.exp(z.data - m) / s - (z is logits[target]) for z in logits]
    return Value(m + math.log(s) - logits[target].data, logits, grads)
