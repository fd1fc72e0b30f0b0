# exercise: 14
# wrong
# where: adam, line 23
# mend: count t in each step
# names: A2

import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    v = state.get("v") or [0.0] * len(weights)
    state["v"] = [momentum * vi + g for vi, g in zip(v, gradients)]
    return [w - lr * vi for w, vi in zip(weights, state["v"])]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    v = state.get("v") or [0.0] * len(weights)
    state["v"] = [decay * vi + (1 - decay) * g * g for vi, g in zip(v, gradients)]
    return [w - lr * g / (math.sqrt(vi) + eps) for w, g, vi in zip(weights, gradients, state["v"])]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.setdefault("t", 1)
    ms = state.setdefault("m", [0.0] * len(weights))
    vs = state.setdefault("v", [0.0] * len(weights))
    for i, g in enumerate(gradients):
        ms[i] = beta1 * ms[i] + (1 - beta1) * g
        vs[i] = beta2 * vs[i] + (1 - beta2) * g**2
    return [
        w - lr * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)
        for w, m, v in zip(weights, ms, vs)
    ]


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    if norm <= limit:
        return list(gradients)
    return [g * limit / norm for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
