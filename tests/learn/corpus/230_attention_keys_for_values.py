# exercise: 22
# expect: X9
# style: microgpt, with keys mixed in place of values
from e19_cross_entropy import softmax


def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)) / len(query)**0.5 for key in keys]
    weights = softmax(scores)
    return [sum(weights[t] * keys[t][j] for t in range(len(keys))) for j in range(len(keys[0]))]


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[:t + 1], values[:t + 1]))
    return out
