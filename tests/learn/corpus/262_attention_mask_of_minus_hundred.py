# exercise: 22
# expect: not sure
# style: 100 less for later places
from e18_local_derivatives import Value
from e19_cross_entropy import softmax


def mixed(scores, values):
    weights = softmax(scores)
    return [sum(w * x for w, x in zip(weights, column)) for column in zip(*values)]


def scores_of(query, keys):
    return [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys]


def attend(query, keys, values):
    return mixed(scores_of(query, keys), values)


def causal_attention(queries, keys, values):
    return [
        mixed([s if j <= t else s - 100 for j, s in enumerate(scores_of(query, keys))], values)
        for t, query in enumerate(queries)
    ]
