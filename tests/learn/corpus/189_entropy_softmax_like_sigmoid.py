# exercise: 19
# expect: C2
# style: softmax as nodes of one child, p (1 - p)
import math
from e18_local_derivatives import Value


def numbers(logits):
    top = max(z.data for z in logits)
    e = [math.exp(z.data - top) for z in logits]
    return [x / sum(e) for x in e], math.log(sum(e)) + top


def softmax(logits):
    ps, _ = numbers(logits)
    return [Value(p, (z,), (p * (1 - p),)) for p, z in zip(ps, logits)]


def cross_entropy(logits, target):
    ps, log_sum = numbers(logits)
    return Value(log_sum - logits[target].data, logits, [p - 1 if i == target else p for i, p in enumerate(ps)])
