# exercise: 22
# expect: N6
# style: weights computed with plain numbers
import math


def attend(query, keys, values):
    scores = [sum(q.data * k.data for q, k in zip(query, key)) / math.sqrt(len(query)) for key in keys]
    e = [math.exp(s - max(scores)) for s in scores]
    w = [x / sum(e) for x in e]
    return [sum(values[i][j] * w[i] for i in range(len(w))) for j in range(len(values[0]))]


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[:t + 1], values[:t + 1]))
    return out
