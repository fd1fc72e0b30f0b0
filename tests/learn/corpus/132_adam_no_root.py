# exercise: 14
# expect: A3
# style: NumPy
import numpy as np


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    g = np.array(gradients, dtype=float)
    v = momentum * state.get("v", np.zeros_like(g)) + g
    state["v"] = v
    return list(np.array(weights) - lr * v)


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    g = np.array(gradients, dtype=float)
    v = decay * state.get("v", np.zeros_like(g)) + (1 - decay) * g**2
    state["v"] = v
    return list(np.array(weights) - lr * g / (np.sqrt(v) + eps))


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    g = np.array(gradients, dtype=float)
    if not state:
        state["t"] = 0
        state["m"] = np.zeros_like(g)
        state["v"] = np.zeros_like(g)
    state["t"] += 1
    state["m"] = beta1 * state["m"] + (1 - beta1) * g
    state["v"] = beta2 * state["v"] + (1 - beta2) * g**2
    m_hat = state["m"] / (1 - beta1 ** state["t"])
    v_hat = state["v"] / (1 - beta2 ** state["t"])
    return list(np.array(weights) - lr * m_hat / (v_hat + eps))


def clip_norm(gradients, limit):
    g = np.array(gradients, dtype=float)
    norm = np.linalg.norm(g)
    return list(g if norm <= limit else g * limit / norm)


def l2(weights, gradients, strength):
    return list(np.array(gradients) + strength * np.array(weights))
