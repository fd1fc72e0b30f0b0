# exercise: 20
# expect: E14
# style: the row of the table is added to
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        row = letters[t]
        for j in range(len(row)):
            row[j] += places[i][j]
        out.append(row)
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0] * len(row) for row in letters]
    dp = [[0.0] * len(row) for row in places]
    for i, t in enumerate(tokens):
        for j, x in enumerate(gradients[i]):
            dl[t][j] += x
            dp[i][j] += x
    return dl, dp
