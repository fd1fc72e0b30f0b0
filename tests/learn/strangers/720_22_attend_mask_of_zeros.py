# exercise: 22
# wrong
# where: causal_attention, line 28
# mend: leave later keys out, do not set them to 0
# names: X7

from e18_local_derivatives import Value
from e19_cross_entropy import softmax


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def attend(query, keys, values):
    d = len(query)
    scores = [dot(query, key) / d**0.5 for key in keys]
    weights = softmax(scores)
    out = []
    for j in range(len(values[0])):
        out.append(sum(w * row[j] for w, row in zip(weights, values)))
    return out


def causal_attention(queries, keys, values):
    out = []
    for t, query in enumerate(queries):
        seen = keys[: t + 1] + [[Value(0.0)] * len(query)] * (len(keys) - t - 1)
        out.append(attend(query, seen, values))
    return out
