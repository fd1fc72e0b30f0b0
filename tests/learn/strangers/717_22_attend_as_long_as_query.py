# exercise: 22
# wrong
# where: attend, line 20
# mend: the values' rows may be of any length
# names: none

from e18_local_derivatives import Value
from e19_cross_entropy import softmax


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def attend(query, keys, values):
    d = len(query)
    scores = [dot(query, key) / d**0.5 for key in keys]
    weights = softmax(scores)
    out = []
    for j in range(d):
        out.append(sum(w * row[j] for w, row in zip(weights, values)))
    return out


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[: t + 1], values[: t + 1]))
    return out
