# exercise: 19
# expect: passed
# style: log p of each logit, and p as its power
from math import exp, log, log1p
from e18_local_derivatives import Value


def log_add(a, b):
    if a < b:
        a, b = b, a
    return a + log1p(exp(b - a))


def log_sum(numbers):
    total = float("-inf")
    for x in numbers:
        total = x if total == float("-inf") else log_add(total, x)
    return total


def softmax(logits):
    total = log_sum(z.data for z in logits)
    p = [exp(z.data - total) for z in logits]
    return [Value(p[i], tuple(logits), tuple(p[i] * ((i == j) - p[j]) for j in range(len(p)))) for i in range(len(p))]


def cross_entropy(logits, target):
    total = log_sum(z.data for z in logits)
    return Value(total - logits[target].data, tuple(logits), tuple(exp(z.data - total) - (i == target) for i, z in enumerate(logits)))
