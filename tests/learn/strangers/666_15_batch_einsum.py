# exercise: 15
# right

import numpy as np


def squared_error(predictions, targets):
    return float(((predictions.T - targets) ** 2).mean())


def forward(parameters, X):
    hidden = np.tanh(X @ parameters["W1"] + parameters["b1"])
    logits = hidden @ parameters["W2"] + parameters["b2"]
    return hidden, logits


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    one_hot = (np.asarray(classes)[:, None] == np.arange(logits.shape[1])).astype(float)
    g = (softmax(logits) - one_hot) / len(X)
    back = np.einsum("nk,hk->nh", g, parameters["W2"]) * (1 - hidden) * (1 + hidden)
    ones = np.ones(len(X))
    return dict(W1=np.einsum("nd,nh->dh", X, back), b1=ones @ back, W2=np.einsum("nh,nk->hk", hidden, g), b2=ones @ g)


def step(parameters, X, classes, lr):
    grads = gradients(parameters, X, classes)
    return {name: value - lr * grads[name] for name, value in parameters.items()}
