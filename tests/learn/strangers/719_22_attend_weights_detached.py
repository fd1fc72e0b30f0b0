# exercise: 22
# wrong
# where: attend, line 18
# mend: the Values of softmax, not their numbers
# names: N6

from e18_local_derivatives import Value
from e19_cross_entropy import softmax


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def attend(query, keys, values):
    d = len(query)
    scores = [dot(query, key) / d**0.5 for key in keys]
    weights = [w.data for w in softmax(scores)]
    out = []
    for j in range(len(values[0])):
        out.append(sum(w * row[j] for w, row in zip(weights, values)))
    return out


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[: t + 1], values[: t + 1]))
    return out
