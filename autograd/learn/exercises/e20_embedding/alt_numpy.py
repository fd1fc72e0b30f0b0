"""Exercise 20 with arrays: add.at counts a row as often as it is listed, which += does not."""

import numpy as np


def embed(letters, places, tokens):
    return np.take(letters, tokens, axis=0) + np.asarray(places)[: len(tokens)]


def embed_backward(letters, places, tokens, gradients):
    tables = np.zeros(np.shape(letters)), np.zeros(np.shape(places))
    for table, rows in zip(tables, (tokens, np.arange(len(tokens)))):
        np.add.at(table, rows, gradients)
    return tables
