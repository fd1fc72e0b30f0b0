# exercise: 14
# right

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
    state["step"] = 1 + state.get("step", 0)
    memory = state.get("memory", [(0.0, 0.0)] * len(weights))
    state["memory"] = memory = [
        (beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2) for (m, v), g in zip(memory, gradients)
    ]
    c1, c2 = (1 - beta ** state["step"] for beta in (beta1, beta2))
    return [w - lr * (m / c1) / ((v / c2) ** 0.5 + eps) for w, (m, v) in zip(weights, memory)]


def clip_norm(gradients, limit):
    scale = limit / max(limit, math.hypot(*gradients)) if any(gradients) else 1.0
    return [scale * g for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
