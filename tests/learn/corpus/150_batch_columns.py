# exercise: 15
# expect: passed
# style: Andrew Ng's columns, the bias as a row of the weights
import numpy as np


def squared_error(predictions, targets):
    return np.square(np.subtract(predictions.T, targets)).mean()


def _augmented(A):
    return np.vstack([A, np.ones((1, A.shape[1]))])


def _stacked(parameters, n):
    return np.vstack([parameters[f"W{n}"], parameters[f"b{n}"][None]]).T


def _run(parameters, X):
    A0 = _augmented(X.T)
    A1 = _augmented(np.tanh(_stacked(parameters, 1) @ A0))
    return A0, A1, _stacked(parameters, 2) @ A1


def forward(parameters, X):
    _, A1, Z2 = _run(parameters, X)
    return A1[:-1].T, Z2.T


def gradients(parameters, X, classes):
    m = len(X)
    A0, A1, Z2 = _run(parameters, X)
    Z2 = Z2 - np.log(np.exp(Z2 - Z2.max(0)).sum(0)) - Z2.max(0)
    D2 = np.exp(Z2)
    D2[classes, np.arange(m)] -= 1
    T2 = D2 @ A1.T / m
    D1 = (_stacked(parameters, 2).T @ D2)[:-1] * (1 - A1[:-1] ** 2)
    T1 = D1 @ A0.T / m
    return {"W1": T1.T[:-1], "b1": T1.T[-1], "W2": T2.T[:-1], "b2": T2.T[-1]}


def step(parameters, X, classes, lr):
    slopes = gradients(parameters, X, classes)
    return dict((k, np.array(v) - lr * slopes[k]) for k, v in parameters.items())
