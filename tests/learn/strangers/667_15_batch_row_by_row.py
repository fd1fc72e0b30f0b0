# exercise: 15
# right

import numpy as np


def squared_error(predictions, targets):
    return np.mean((predictions[:, 0] - targets) ** 2)


def forward(parameters, X):
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    logits = hidden @ parameters["W2"] + parameters["b2"]
    return hidden, logits


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def gradients(parameters, X, classes):
    sums = {name: np.zeros_like(array, dtype=float) for name, array in parameters.items()}
    for x, k in zip(X, classes):
        h = np.tanh(x @ parameters["W1"] + parameters["b1"])
        z = h @ parameters["W2"] + parameters["b2"]
        p = np.exp(z - z.max())
        p /= p.sum()
        p[k] -= 1
        dh = (parameters["W2"] @ p) * (1 - h * h)
        sums["W1"] += np.outer(x, dh)
        sums["b1"] += dh
        sums["W2"] += np.outer(h, p)
        sums["b2"] += p
    return {name: total / len(X) for name, total in sums.items()}


def step(parameters, X, classes, lr):
    grads = gradients(parameters, X, classes)
    return {name: value - lr * grads[name] for name, value in parameters.items()}
