# exercise: 22
# expect: X8
# style: weights of later places set to 0 after the softmax
from e19_cross_entropy import softmax


def weights_of(query, keys):
    return softmax([sum(a * b for a, b in zip(query, key)) / len(query) ** 0.5 for key in keys])


def attend(query, keys, values):
    w = weights_of(query, keys)
    return [sum(a * x for a, x in zip(w, column)) for column in zip(*values)]


def causal_attention(queries, keys, values):
    out = []
    for t, query in enumerate(queries):
        w = [x if i <= t else x * 0 for i, x in enumerate(weights_of(query, keys))]
        out.append([sum(a * x for a, x in zip(w, column)) for column in zip(*values)])
    return out
