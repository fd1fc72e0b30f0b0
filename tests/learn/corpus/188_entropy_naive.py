# exercise: 19
# expect: V22
# style: no largest is subtracted anywhere
import math
from e18_local_derivatives import Value


def softmax(logits):
    exps = [z.exp() for z in logits]
    total = exps[0]
    for e in exps[1:]:
        total = total + e
    return [e / total for e in exps]


def cross_entropy(logits, target):
    exps = [math.exp(z.data) for z in logits]
    total = sum(exps)
    grads = [e / total for e in exps]
    grads[target] -= 1
    return Value(math.log(total) - logits[target].data, tuple(logits), tuple(grads))
