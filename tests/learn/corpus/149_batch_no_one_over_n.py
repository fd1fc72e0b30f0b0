# exercise: 15
# expect: V16
# style: step divides, gradients do not
import numpy as np


def squared_error(predictions, targets):
    return np.mean((predictions[:, 0] - targets) ** 2)


def forward(parameters, X):
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    return hidden, hidden @ parameters["W2"] + parameters["b2"]


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(len(X)), classes] -= 1
    dh = d @ parameters["W2"].T * (1 - hidden**2)
    return {"W1": X.T @ dh, "b1": dh.sum(axis=0), "W2": hidden.T @ d, "b2": d.sum(axis=0)}


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    for k in g:
        g[k] = g[k] / len(X)
    return {k: parameters[k] - lr * g[k] for k in parameters}
