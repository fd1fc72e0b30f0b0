# exercise: 14
# wrong
# where: sgd_momentum, line 16
# mend: remember it in state, not in a global list
# names: state shared by calls

import math


VELOCITY = {}


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    new = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        VELOCITY[i] = momentum * VELOCITY.get(i, 0.0) + g
        new.append(w - lr * VELOCITY[i])
    return new


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    v = state.get("v") or [0.0] * len(weights)
    state["v"] = [decay * vi + (1 - decay) * g * g for vi, g in zip(v, gradients)]
    return [w - lr * g / (math.sqrt(vi) + eps) for w, g, vi in zip(weights, gradients, state["v"])]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    if not state:
        state["m"] = [0.0] * len(weights)
        state["v"] = [0.0] * len(weights)
        state["t"] = 0
    state["t"] += 1
    t = state["t"]
    out = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        state["m"][i] = beta1 * state["m"][i] + (1 - beta1) * g
        state["v"][i] = beta2 * state["v"][i] + (1 - beta2) * g * g
        m_hat = state["m"][i] / (1 - beta1**t)
        v_hat = state["v"][i] / (1 - beta2**t)
        out.append(w - lr * m_hat / (math.sqrt(v_hat) + eps))
    return out


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    if norm <= limit:
        return list(gradients)
    return [g * limit / norm for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
