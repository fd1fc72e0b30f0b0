# exercise: 22
# expect: X7
# style: a matrix of ones and zeros, multiplied with the scores
from e18_local_derivatives import Value
from e19_cross_entropy import softmax


def dot(a, b):
    total = Value(0.0)
    for x, y in zip(a, b):
        total = total + x * y
    return total


def mixed(weights, values):
    return [dot(weights, [row[j] for row in values]) for j in range(len(values[0]))]


def attend(query, keys, values):
    return mixed(softmax([dot(query, key) / len(query) ** 0.5 for key in keys]), values)


def causal_attention(queries, keys, values):
    n = len(queries)
    mask = [[1.0 if j <= i else 0.0 for j in range(n)] for i in range(n)]
    out = []
    for i, query in enumerate(queries):
        scores = [dot(query, key) / len(query) ** 0.5 * mask[i][j] for j, key in enumerate(keys)]
        out.append(mixed(softmax(scores), values))
    return out
