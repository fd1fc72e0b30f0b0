"""Exercise 20: rows of a table, and their gradients.

    letters = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]               # a row for each letter of the alphabet
    places = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]    # a row for each place in a word
    tokens = [2, 0, 2]                                           # a word, its letters as numbers

    embed(letters, places, tokens)        # [[5.1, 6.2], [1.3, 2.4], [5.5, 6.6]]

Token number i gives its row among the letters, plus row i of the places. The rows are lists of numbers, all equally long.
A word may be shorter than the table of places, and most letters do not occur in it.

embed_backward receives gradients: the derivative of a loss by each number that embed has given, in rows of the same
kind. It returns two tables of the sizes of letters and places: the derivative of the loss by each number in them. What
was passed in stays as it is.
"""


def embed(letters, places, tokens):
    """A row of numbers for each token."""
    raise NotImplementedError


def embed_backward(letters, places, tokens, gradients):
    """The gradient of letters and the gradient of places."""
    raise NotImplementedError
