# exercise: 20
# expect: not sure | E15
# style: the place of a letter looked up by list.index
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0] * len(row) for row in letters]
    dp = [[0.0] * len(row) for row in places]
    for t in tokens:
        i = tokens.index(t)
        for j, x in enumerate(gradients[i]):
            dl[t][j] += x
            dp[i][j] += x
    return dl, dp
