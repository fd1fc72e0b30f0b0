# exercise: 15
# wrong
# where: step, line 38
# mend: the biases as well
# names: none

import numpy as np


def squared_error(predictions, targets):
    return np.mean((predictions[:, 0] - targets) ** 2)


def forward(parameters, X):
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    logits = hidden @ parameters["W2"] + parameters["b2"]
    return hidden, logits


def gradients(parameters, X, classes):
    N = len(X)
    hidden, logits = forward(parameters, X)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    d_logits = e / e.sum(axis=1, keepdims=True)
    d_logits[np.arange(N), classes] -= 1
    d_logits /= N
    d_total = (d_logits @ parameters["W2"].T) * (1 - hidden**2)
    return {
        "W1": X.T @ d_total,
        "b1": d_total.sum(axis=0),
        "W2": hidden.T @ d_logits,
        "b2": d_logits.sum(axis=0),
    }


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    return {name: parameters[name] - lr * g[name] if name[0] == "W" else parameters[name] for name in parameters}
