"""Exercise 20: rows of a table, and their gradients."""


def embed(letters, places, tokens):
    """For each token, its row among the letters plus the row of its place."""
    return [[a + b for a, b in zip(letters[token], places[i])] for i, token in enumerate(tokens)]


def embed_backward(letters, places, tokens, gradients):
    """The gradients of both tables: what arrives is added to the rows that were used."""
    of_letters = [[0.0] * len(row) for row in letters]
    of_places = [[0.0] * len(row) for row in places]
    for i, token in enumerate(tokens):
        for j, g in enumerate(gradients[i]):
            of_letters[token][j] += g
            of_places[i][j] += g
    return of_letters, of_places
