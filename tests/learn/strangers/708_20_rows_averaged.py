# exercise: 20
# wrong
# where: embed_backward, line 19
# mend: add, do not average over how often a letter occurs
# names: E3

def embed(letters, places, tokens):
    rows = []
    for i, token in enumerate(tokens):
        rows.append([a + b for a, b in zip(letters[token], places[i])])
    return rows


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0 for _ in row] for row in letters]
    dp = [[0.0 for _ in row] for row in places]
    for i, token in enumerate(tokens):
        for j, g in enumerate(gradients[i]):
            dl[token][j] += g / tokens.count(token)
            dp[i][j] += g
    return dl, dp
