# exercise: 20
# expect: E2
# style: once for each letter that occurs
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = [[0.0] * len(row) for row in letters]
    dp = [gradients[i] if i < len(gradients) else [0.0] * len(row) for i, row in enumerate(places)]
    for t in set(tokens):
        dl[t] = gradients[tokens.index(t)]
    return dl, dp
