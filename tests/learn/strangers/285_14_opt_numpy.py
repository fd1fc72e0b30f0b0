# exercise: 14
# right

import numpy as np


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    w, g = np.asarray(weights, float), np.asarray(gradients, float)
    state["v"] = momentum * state.get("v", np.zeros_like(w)) + g
    return (w - lr * state["v"]).tolist()


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    w, g = np.asarray(weights, float), np.asarray(gradients, float)
    state["v"] = decay * state.get("v", 0.0) + (1 - decay) * g**2
    return list(w - lr * g / (np.sqrt(state["v"]) + eps))


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = np.asarray(weights, float), np.asarray(gradients, float)
    state.setdefault("t", 0)
    state["t"] += 1
    state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    M = state["m"] / (1 - beta1 ** state["t"])
    V = state["v"] / (1 - beta2 ** state["t"])
    return list(w - lr * M / (np.sqrt(V) + eps))


def clip_norm(gradients, limit):
    g = np.asarray(gradients, float)
    n = np.linalg.norm(g)
    return g * (limit / n) if n > limit else g


def l2(weights, gradients, strength):
    return np.asarray(gradients) + strength * np.asarray(weights)
