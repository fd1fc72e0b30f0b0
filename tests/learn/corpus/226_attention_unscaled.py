# exercise: 22
# expect: X1
# style: microgpt, without the root
from e19_cross_entropy import softmax


def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)) for key in keys]
    weights = softmax(scores)
    return [sum(weights[t] * values[t][j] for t in range(len(values))) for j in range(len(values[0]))]


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[:t + 1], values[:t + 1]))
    return out
