# exercise: 15
# wrong
# where: gradients, line 29
# mend: as many columns as there are logits
# names: wrong shape

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
    N = X.shape[0]
    hidden, logits = forward(parameters, X)
    dlogits = softmax(logits)
    dlogits = dlogits - np.eye(10)[classes]
    dlogits /= N
    dhidden = dlogits @ parameters["W2"].T
    dpre = dhidden * (1 - hidden**2)
    return {
        "W1": X.T @ dpre,
        "b1": dpre.sum(axis=0),
        "W2": hidden.T @ dlogits,
        "b2": dlogits.sum(axis=0),
    }


def step(parameters, X, classes, lr):
    grads = gradients(parameters, X, classes)
    return {name: value - lr * grads[name] for name, value in parameters.items()}
