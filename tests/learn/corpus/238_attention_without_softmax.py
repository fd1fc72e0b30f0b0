# exercise: 22
# expect: X13
# style: scores over their sum
def attend(query, keys, values):
    scores = [sum(q * k for q, k in zip(query, key)) / len(query)**0.5 for key in keys]
    weights = scores
    return [sum(weights[t] * values[t][j] for t in range(len(values))) for j in range(len(values[0]))]


def causal_attention(queries, keys, values):
    out = []
    for t in range(len(queries)):
        out.append(attend(queries[t], keys[:t + 1], values[:t + 1]))
    return out
