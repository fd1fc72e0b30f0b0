# exercise: 20
# expect: not sure | E8
# style: the gradient of the letters only
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0] * len(row) for row in letters]
    for t, g in zip(tokens, gradients):
        for j, x in enumerate(g):
            dl[t][j] += x
    return dl
