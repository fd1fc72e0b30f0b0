# exercise: 22
# expect: X5
# style: the places before, and at first the own one
from e19_cross_entropy import softmax


def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)) / len(query)**0.5 for key in keys]
    weights = softmax(scores)
    return [sum(weights[t] * values[t][j] for t in range(len(values))) for j in range(len(values[0]))]


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[:t] or keys[:1], values[:t] or values[:1]))
    return out
