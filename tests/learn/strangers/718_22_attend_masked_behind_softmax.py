# exercise: 22
# wrong
# where: causal_attention, line 29
# mend: leave later places out before softmax
# names: X8

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
        weights = softmax([dot(query, key) / len(query) ** 0.5 for key in keys])
        seen = [w if s <= t else 0.0 for s, w in enumerate(weights)]
        out.append([sum(w * x for w, x in zip(seen, column)) for column in zip(*values)])
    return out
