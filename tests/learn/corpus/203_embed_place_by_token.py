# exercise: 20
# expect: E6
# style: both tables get the gradient at the token
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0] * len(row) for row in letters]
    dp = [[0.0] * len(row) for row in places]
    for t, g in zip(tokens, gradients):
        for j, x in enumerate(g):
            dl[t][j] += x
            dp[t][j] += x
    return dl, dp
