# exercise: 15
# expect: V7
# style: einsum
import numpy as np


def squared_error(predictions, targets):
    return ((predictions.squeeze(axis=1) - targets) ** 2).mean()


def forward(parameters, X):
    hidden = np.tanh(np.einsum("nd,dh->nh", X, parameters["W1"]) + parameters["b1"])
    logits = np.einsum("nh,hk->nk", hidden, parameters["W2"]) + parameters["b2"]
    return hidden, logits


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    p = np.exp(logits - logits.max(axis=-1)[:, np.newaxis])
    p = p / p.sum(axis=-1)[:, np.newaxis]
    p[np.arange(len(classes)), classes] -= 1
    g = p / len(classes)
    gh = np.einsum("nk,hk->nh", g, parameters["W2"]) * (1 - hidden**2)
    return {
        "W1": np.einsum("nd,nh->dh", X, gh),
        "b1": gh.sum(axis=1),
        "W2": np.einsum("nh,nk->hk", hidden, g),
        "b2": g.sum(axis=1),
    }


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    return {k: v - lr * g[k] for k, v in parameters.items()}
