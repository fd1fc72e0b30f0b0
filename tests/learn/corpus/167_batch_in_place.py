# exercise: 15
# expect: not sure
# style: the arrays that were given are changed and returned
import numpy as np


def squared_error(predictions, targets):
    return float(np.mean((predictions[:, 0] - targets) ** 2))


def forward(parameters, X):
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    return hidden, hidden @ parameters["W2"] + parameters["b2"]


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    d = np.exp(logits - logits.max(axis=1, keepdims=True))
    d /= d.sum(axis=1, keepdims=True)
    d[np.arange(len(X)), classes] -= 1
    d /= len(X)
    back = d @ parameters["W2"].T * (1 - hidden**2)
    return {"W1": X.T @ back, "b1": back.sum(axis=0), "W2": hidden.T @ d, "b2": d.sum(axis=0)}


def step(parameters, X, classes, lr):
    for name, gradient in gradients(parameters, X, classes).items():
        parameters[name] -= lr * gradient
    return parameters
