# exercise: 20
# wrong
# where: embed_backward, line 19
# mend: go through the tokens and leave them
# names: argument changed

def embed(letters, places, tokens):
    rows = []
    for i, token in enumerate(tokens):
        rows.append([a + b for a, b in zip(letters[token], places[i])])
    return rows


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0 for _ in row] for row in letters]
    dp = [[0.0 for _ in row] for row in places]
    i = 0
    while tokens:
        token = tokens.pop(0)
        for j, g in enumerate(gradients[i]):
            dl[token][j] += g
            dp[i][j] += g
        i += 1
    return dl, dp
