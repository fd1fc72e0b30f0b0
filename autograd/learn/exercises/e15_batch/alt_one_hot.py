"""Exercise 15 with the biases as a further row of the weights, one-hot classes, and einsum."""

import numpy as np


def squared_error(predictions, targets):
    difference = np.squeeze(predictions, axis=1) - targets
    return difference @ difference / difference.size


def with_ones(X):
    return np.hstack([X, np.ones((X.shape[0], 1))])


def stacked(parameters, layer):
    return np.vstack([parameters[f"W{layer}"], parameters[f"b{layer}"]])


def forward(parameters, X):
    hidden = np.tanh(with_ones(X) @ stacked(parameters, 1))
    return hidden, with_ones(hidden) @ stacked(parameters, 2)


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    log_total = np.logaddexp.reduce(logits, axis=1)[:, None]
    error = (np.exp(logits - log_total) - np.eye(logits.shape[1])[classes]) / X.shape[0]
    second = np.einsum("nh,nk->hk", with_ones(hidden), error)
    slope = 1 - np.square(hidden)
    first = np.einsum("nd,nh,nh->dh", with_ones(X), np.einsum("nk,hk->nh", error, parameters["W2"]), slope)
    return {"W2": second[:-1], "b2": second[-1], "W1": first[:-1], "b1": first[-1]}


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    return {name: parameters[name] - lr * g[name] for name in g}
