# exercise: 22
# expect: passed
# style: keys and values are kept in lists that grow, as in microgpt
from e18_local_derivatives import Value


def softmax(zs):
    top = max(z.data for z in zs)
    es = [(z - top).exp() for z in zs]
    total = Value(0.0)
    for e in es:
        total = total + e
    return [e * total**-1 for e in es]


def attend(query, keys, values):
    root = 1 / len(query) ** 0.5
    w = softmax([sum((q * k for q, k in zip(query, key)), Value(0.0)) * root for key in keys])
    out = [Value(0.0) for _ in values[0]]
    for a, row in zip(w, values):
        out = [o + a * x for o, x in zip(out, row)]
    return tuple(out)


def causal_attention(queries, keys, values):
    cache_k, cache_v, out = [], [], []
    for query, key, value in zip(queries, keys, values):
        cache_k.append(key)
        cache_v.append(value)
        out.append(attend(query, cache_k, cache_v))
    return out
