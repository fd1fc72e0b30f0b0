# exercise: 20
# expect: not sure
# style: the first gradient row itself is kept, and added to later
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dp = [list(g) for g in gradients] + [[0.0] * len(places[0])] * (len(places) - len(tokens))
    dl = [None] * len(letters)
    for t, g in zip(tokens, gradients):
        if dl[t] is None:
            dl[t] = g
        else:
            for j, x in enumerate(g):
                dl[t][j] += x
    dl = [row if row is not None else [0.0] * len(letters[0]) for row in dl]
    return dl, dp
