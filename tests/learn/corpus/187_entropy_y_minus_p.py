# exercise: 19
# expect: V15
# style: the gradient as some texts have it, y - p
from math import exp, log

from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    e = [exp(z.data - m) for z in logits]
    p = [x / sum(e) for x in e]
    y = [0.0] * len(p)
    y[target] = 1.0
    loss = log(sum(e)) - (logits[target].data - m)
    return Value(loss, logits, [b - a for a, b in zip(p, y)])
