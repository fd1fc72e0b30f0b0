# exercise: 20
# right

def embed(letters, places, tokens):
    return [list(map(sum, zip(letters[t], place))) for t, place in zip(tokens, places)]


def embed_backward(letters, places, tokens, gradients):
    width = range(len(letters[0]))
    dl = [[sum((g[j] for t, g in zip(tokens, gradients) if t == k), 0.0) for j in width] for k in range(len(letters))]
    dp = [list(g) for g in gradients] + [[0.0] * len(width) for _ in places[len(tokens) :]]
    return [dl, dp]
