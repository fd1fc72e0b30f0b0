# exercise: 20
# expect: E1
# style: rows are put where they belong
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0 for _ in row] for row in letters]
    dp = [[0.0 for _ in row] for row in places]
    for i, t in enumerate(tokens):
        dl[t] = list(gradients[i])
        dp[i] = list(gradients[i])
    return dl, dp
