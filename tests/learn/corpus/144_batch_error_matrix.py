# exercise: 15
# expect: V23
# style: straight
import numpy as np


def squared_error(predictions, targets):
    difference = predictions - targets
    return np.mean(difference * difference)


def forward(parameters, X):
    W1, b1, W2, b2 = (parameters[k] for k in ("W1", "b1", "W2", "b2"))
    hidden = np.tanh(X @ W1 + b1)
    logits = hidden @ W2 + b2
    return hidden, logits


def softmax(logits):
    m = np.amax(logits, axis=1, keepdims=True)
    e = np.exp(logits - m)
    return e / np.sum(e, axis=1, keepdims=True)


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    dlogits = softmax(logits)
    for row in range(len(X)):
        dlogits[row][classes[row]] -= 1
    dlogits = dlogits / len(X)
    dhidden = np.matmul(dlogits, np.transpose(parameters["W2"]))
    dz = dhidden * (1 - np.square(hidden))
    return {
        "W1": np.matmul(np.transpose(X), dz),
        "b1": np.sum(dz, axis=0),
        "W2": np.matmul(np.transpose(hidden), dlogits),
        "b2": np.sum(dlogits, axis=0),
    }


def step(parameters, X, classes, lr):
    grads = gradients(parameters, X, classes)
    updated = {}
    for key in parameters:
        updated[key] = parameters[key] - lr * grads[key]
    return updated
