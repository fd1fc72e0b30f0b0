# exercise: 15
# expect: V8
# style: short names
import numpy as np


def squared_error(p, t):
    return float(np.square(p[:, 0] - t).mean())


def forward(P, X):
    h = np.tanh(X.dot(P["W1"]) + P["b1"])
    return h, h.dot(P["W2"]) + P["b2"]


def gradients(P, X, c):
    h, z = forward(P, X)
    e = np.exp(z - z.max(1, keepdims=True))
    d = (e / e.sum(1, keepdims=True) - np.eye(z.shape[1])[c]) / len(c)
    G = {}
    G["W2"] = h.T.dot(d)
    G["b2"] = np.ones_like(P["b2"]) * d.sum()
    k = d.dot(P["W2"].T) * (1 - h * h)
    G["W1"] = X.T.dot(k)
    G["b1"] = np.ones_like(P["b1"]) * k.sum()
    return G


def step(P, X, c, lr):
    G = gradients(P, X, c)
    return {k: P[k] - lr * G[k] for k in P}
