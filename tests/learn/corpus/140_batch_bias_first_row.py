# exercise: 15
# expect: V10
# style: over-commented
import numpy as np


def squared_error(predictions, targets):
    # make the targets a column as well
    targets = targets.reshape(-1, 1)
    return ((predictions - targets) ** 2).mean()


def softmax(z):
    z = z - np.max(z, axis=1).reshape(-1, 1)
    e = np.exp(z)
    return e / np.sum(e, axis=1).reshape(-1, 1)


def forward(parameters, X):
    # layer 1
    Z1 = X @ parameters["W1"] + parameters["b1"]
    A1 = np.tanh(Z1)
    # layer 2
    Z2 = A1 @ parameters["W2"] + parameters["b2"]
    return A1, Z2


def gradients(parameters, X, classes):
    N = X.shape[0]
    A1, Z2 = forward(parameters, X)
    # output error
    dZ2 = softmax(Z2)
    dZ2[range(N), classes] -= 1
    dZ2 = dZ2 / N
    # the bias has no batch dimension, so take it away
    dW2 = A1.T @ dZ2
    db2 = dZ2[0]
    # hidden error
    dA1 = dZ2 @ parameters["W2"].T
    dZ1 = dA1 * (1 - A1 ** 2)
    dW1 = X.T @ dZ1
    db1 = dZ1[0]
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    new = {}
    new["W1"] = parameters["W1"] - lr * g["W1"]
    new["b1"] = parameters["b1"] - lr * g["b1"]
    new["W2"] = parameters["W2"] - lr * g["W2"]
    new["b2"] = parameters["b2"] - lr * g["b2"]
    return new
