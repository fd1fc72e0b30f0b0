# exercise: 20
# expect: E3
# style: the mean over the occurrences
def embed(letters, places, tokens):
    out = []
    for i, t in enumerate(tokens):
        out.append([a + b for a, b in zip(letters[t], places[i])])
    return out


def embed_backward(letters, places, tokens, gradients):
    dl = []
    for letter, row in enumerate(letters):
        own = [g for t, g in zip(tokens, gradients) if t == letter]
        dl.append([sum(column) / len(own) for column in zip(*own)] if own else [0.0] * len(row))
    dp = [[0.0] * len(row) for row in places]
    for i, g in enumerate(gradients):
        dp[i] = list(g)
    return dl, dp
