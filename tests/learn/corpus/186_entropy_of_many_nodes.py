# exercise: 19
# expect: C1
# style: microgpt's way: the log of the softmax
from e18_local_derivatives import Value


def softmax(logits):
    m = max(z.data for z in logits)
    exps = [(z - m).exp() for z in logits]
    s = sum(exps)
    return [e / s for e in exps]


def cross_entropy(logits, target):
    m = max(z.data for z in logits)
    total = sum((z - m).exp() for z in logits)
    return total.log() + m - logits[target]
