# exercise: 15
# expect: V11
# style: np.outer
import numpy as np


def squared_error(predictions, targets):
    p = predictions.reshape(len(targets))
    return np.mean((p - targets) ** 2)


def forward(parameters, X):
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    return hidden, hidden @ parameters["W2"] + parameters["b2"]


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    N = len(X)
    d = np.exp(logits - logits.max(axis=1, keepdims=True))
    d = d / d.sum(axis=1, keepdims=True)
    d[np.arange(N), classes] -= 1
    d = d / N
    dh = d @ parameters["W2"].T * (1 - hidden**2)
    for i in range(N):
        W1 = np.outer(X[i], dh[i])
        W2 = np.outer(hidden[i], d[i])
    return {"W1": W1, "b1": dh.sum(axis=0), "W2": W2, "b2": d.sum(axis=0)}


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    return {k: parameters[k] - lr * g[k] for k in parameters}
