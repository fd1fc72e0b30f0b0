"""Exercise 14: optimizers, on lists of numbers."""

import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    """The velocity is a sum of gradients, of which older ones count less."""
    old = state.get("v", [0.0] * len(weights))
    state["v"] = [momentum * v + g for v, g in zip(old, gradients)]
    return [w - lr * v for w, v in zip(weights, state["v"])]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    """Each weight's gradient is divided by the size that it usually has."""
    old = state.get("v", [0.0] * len(weights))
    state["v"] = [decay * v + (1 - decay) * g**2 for v, g in zip(old, gradients)]
    return [w - lr * g / (math.sqrt(v) + eps) for w, g, v in zip(weights, gradients, state["v"])]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both means start at 0, and the corrections undo what that does to the first steps."""
    zeros = [0.0] * len(weights)
    t = state["t"] = state.get("t", 0) + 1
    ms = state["m"] = [beta1 * m + (1 - beta1) * g for m, g in zip(state.get("m", zeros), gradients)]
    vs = state["v"] = [beta2 * v + (1 - beta2) * g * g for v, g in zip(state.get("v", zeros), gradients)]
    means = [m / (1 - beta1**t) for m in ms]
    sizes = [math.sqrt(v / (1 - beta2**t)) for v in vs]
    return [w - lr * mean / (size + eps) for w, mean, size in zip(weights, means, sizes)]


def clip_norm(gradients, limit):
    """All entries are scaled alike, so that the direction stays."""
    norm = math.sqrt(sum(g**2 for g in gradients))
    return [g * limit / norm for g in gradients] if norm > limit else gradients


def l2(weights, gradients, strength):
    """The derivative of strength/2 · w² is strength · w."""
    return [g + strength * w for w, g in zip(weights, gradients)]
