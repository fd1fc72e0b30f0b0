# exercise: 22
# expect: not sure
# style: at the first place the row itself, as numbers
from e19_cross_entropy import softmax


def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)) / len(query)**0.5 for key in keys]
    weights = softmax(scores)
    return [sum(weights[t] * values[t][j] for t in range(len(values))) for j in range(len(values[0]))]


def causal_attention(queries, keys, values):
    from e18_local_derivatives import Value
    out = [[Value(x.data) for x in values[0]]]
    for t in range(1, len(queries)):
        out.append(attend(queries[t], keys[:t + 1], values[:t + 1]))
    return out
