"""Exercise 15: a batch by hand, with NumPy.

The network of many first courses, 784-128-10, in miniature. The shapes, for N examples of D numbers, H hidden neurons and
K classes:

    X (N, D)    W1 (D, H)    b1 (H,)    W2 (H, K)    b2 (K,)

    hidden = tanh(X W1 + b1)         (N, H)
    logits = hidden W2 + b2          (N, K)
    loss   = the mean over the rows of -log softmax(logits) of the true class

Parameters are a dictionary {"W1": …, "b1": …, "W2": …, "b2": …} of arrays; classes is an array of N whole numbers. Arrays
have no pull: here you carry the gradient back yourself. The check compares with your own engine, Value by Value.

    hidden, logits = forward(parameters, X)
    gradients(parameters, X, classes)["W1"]            # the derivative of the loss by each entry: shape (D, H)
    parameters = step(parameters, X, classes, lr=0.1)
"""

import numpy as np


def squared_error(predictions, targets):
    """The mean of the squared differences; predictions are of shape (N, 1), as a layer gives them, targets of shape (N,)."""
    raise NotImplementedError


def forward(parameters, X):
    """(hidden, logits) of a batch."""
    raise NotImplementedError


def gradients(parameters, X, classes):
    """The derivatives of the loss by all parameters: a dictionary with the same names, and arrays of the same shapes."""
    raise NotImplementedError


def step(parameters, X, classes, lr):
    """The parameters after one step of gradient descent: a new dictionary of new arrays."""
    raise NotImplementedError
