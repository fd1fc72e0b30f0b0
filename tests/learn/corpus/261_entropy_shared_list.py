# exercise: 19
# expect: not sure
# style: one list of zeros for all calls, in which the ones stay
import math
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


Y = [0.0] * 100


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    e = [math.exp(z.data - m) for z in logits]
    s = sum(e)
    Y[target] = 1.0
    return Value(m + math.log(s) - logits[target].data, logits, [x / s - y for x, y in zip(e, Y)])
