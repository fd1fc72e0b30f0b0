# exercise: 22
# expect: not sure
# style: places are taken from the front of the lists that came in
from e19_cross_entropy import softmax


def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)) / len(query)**0.5 for key in keys]
    weights = softmax(scores)
    return [sum(w * x for w, x in zip(weights, column)) for column in zip(*values)]


def causal_attention(queries, keys, values):
    seen_keys, seen_values, out = [], [], []
    while queries:
        seen_keys.append(keys.pop(0))
        seen_values.append(values.pop(0))
        out.append(attend(queries.pop(0), seen_keys, seen_values))
    return out
