# exercise: 14
# wrong
# where: adam, line 29
# mend: beta1 ** t
# names: none

import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    old = state.get("v", [0.0] * len(weights))
    state["v"] = [momentum * v + g for v, g in zip(old, gradients)]
    return [w - lr * v for w, v in zip(weights, state["v"])]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    old = state.get("v", [0.0] * len(weights))
    state["v"] = [decay * v + (1 - decay) * g**2 for v, g in zip(old, gradients)]
    return [w - lr * g / (math.sqrt(v) + eps) for w, g, v in zip(weights, gradients, state["v"])]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state["t"] = state.get("t", 0) + 1
    zeros = [0.0] * len(weights)
    m = state["m"] = [beta1 * m + (1 - beta1) * g for m, g in zip(state.get("m", zeros), gradients)]
    v = state["v"] = [beta2 * v + (1 - beta2) * g * g for v, g in zip(state.get("v", zeros), gradients)]
    new = []
    for i in range(len(weights)):
        M = m[i] / (1 - beta1 * t)
        V = v[i] / (1 - beta2**t)
        new.append(weights[i] - lr * M / (math.sqrt(V) + eps))
    return new


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    if norm <= limit:
        return list(gradients)
    return [g * limit / norm for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
