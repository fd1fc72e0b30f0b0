# exercise: 20
# expect: E5
# style: a dictionary of the rows that occur
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = {}
    for t, g in zip(tokens, gradients):
        dl[t] = [a + b for a, b in zip(dl.get(t, [0.0] * len(g)), g)]
    dp = [list(g) for g in gradients] + [[0.0] * len(row) for row in places[len(tokens):]]
    return [dl[t] for t in sorted(dl)], dp
