# exercise: 15
# right

import numpy as np


def squared_error(predictions, targets):
    difference = predictions - np.reshape(targets, predictions.shape)
    return float((difference**2).mean())


def forward(parameters, X):
    W1, b1, W2, b2 = (parameters[k] for k in ("W1", "b1", "W2", "b2"))
    hidden = np.tanh(np.einsum("nd,dh->nh", X, W1) + b1[None, :])
    return hidden, np.einsum("nh,hk->nk", hidden, W2) + b2[None, :]


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    log_p = logits - logits.max(1)[:, None]
    log_p = log_p - np.log(np.exp(log_p).sum(1))[:, None]
    y = np.eye(logits.shape[1])[classes]
    g = (np.exp(log_p) - y) / X.shape[0]
    h = np.einsum("nk,hk->nh", g, parameters["W2"]) * (1 + hidden) * (1 - hidden)
    return dict(W1=np.einsum("nd,nh->dh", X, h), b1=np.einsum("nh->h", h), W2=np.einsum("nh,nk->hk", hidden, g), b2=np.einsum("nk->k", g))


def step(parameters, X, classes, lr):
    updated = {}
    for name, gradient in gradients(parameters, X, classes).items():
        updated[name] = parameters[name] - lr * gradient
    return updated
