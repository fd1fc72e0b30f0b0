# exercise: 15
# expect: V24
# style: everything in step
import numpy as np


def squared_error(predictions, targets):
    return ((predictions.flatten() - targets) ** 2).sum() / len(targets)


def forward(p, X):
    h = np.tanh(X @ p["W1"] + p["b1"])
    return h, h @ p["W2"] + p["b2"]


def output_error(p, X, classes):
    h, z = forward(p, X)
    z = z - z.max(axis=1, keepdims=True)
    s = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    s[np.arange(len(X)), classes] -= 1
    return h, s / len(X)


def gradients(p, X, classes):
    h, d = output_error(p, X, classes)
    dh = (d @ p["W2"].T) * (1 - h**2)
    return {"W1": X.T @ dh, "b1": dh.sum(0), "W2": h.T @ d, "b2": d.sum(0)}


def step(p, X, classes, lr):
    p = {name: array.copy() for name, array in p.items()}
    h, d = output_error(p, X, classes)
    # output layer
    p["W2"] -= lr * h.T @ d
    p["b2"] -= lr * d.sum(0)
    # hidden layer
    dh = (d @ p["W2"].T) * (1 - h**2)
    p["W1"] -= lr * X.T @ dh
    p["b1"] -= lr * dh.sum(0)
    return p
