# exercise: 20
# wrong
# where: embed, line 12
# mend: a copy of the row
# names: argument changed

def embed(letters, places, tokens):
    rows = []
    for i, token in enumerate(tokens):
        row = letters[token]
        for j, x in enumerate(places[i]):
            row[j] += x
        rows.append(list(row))
    return rows


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0 for _ in row] for row in letters]
    dp = [[0.0 for _ in row] for row in places]
    for i, token in enumerate(tokens):
        for j, g in enumerate(gradients[i]):
            dl[token][j] += g
            dp[i][j] += g
    return dl, dp
