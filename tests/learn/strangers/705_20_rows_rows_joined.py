# exercise: 20
# wrong
# where: embed, line 10
# mend: add the numbers; + joins lists
# names: E16

def embed(letters, places, tokens):
    rows = []
    for i, token in enumerate(tokens):
        rows.append(letters[token] + places[i])
    return rows


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0 for _ in row] for row in letters]
    dp = [[0.0 for _ in row] for row in places]
    for i, token in enumerate(tokens):
        for j, g in enumerate(gradients[i]):
            dl[token][j] += g
            dp[i][j] += g
    return dl, dp
