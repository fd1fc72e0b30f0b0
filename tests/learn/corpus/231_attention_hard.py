# exercise: 22
# expect: X12
# style: the value of the best key
def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)).data for key in keys]
    return values[scores.index(max(scores))]


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[:t + 1], values[:t + 1]))
    return out
