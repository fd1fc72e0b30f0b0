# exercise: 20
# expect: E4
# style: zeros made by multiplying lists
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    width = len(letters[0])
    dl = [[0.0] * width] * len(letters)
    dp = [[0.0] * width] * len(places)
    for i, (t, g) in enumerate(zip(tokens, gradients)):
        for j in range(width):
            dl[t][j] += g[j]
            dp[i][j] += g[j]
    return dl, dp
