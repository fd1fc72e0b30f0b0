# exercise: 14
# expect: O4
# style: one memory for all weights
import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    new = []
    for w, g in zip(weights, gradients):
        state["v"] = momentum * state.get("v", 0.0) + g
        new.append(w - lr * state["v"])
    return new


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    new = []
    for w, g in zip(weights, gradients):
        state["v"] = decay * state.get("v", 0.0) + (1 - decay) * g**2
        new.append(w - lr * g / (math.sqrt(state["v"]) + eps))
    return new


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    new = []
    t = state["t"] = state.get("t", 0) + 1
    for w, g in zip(weights, gradients):
        state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
        new.append(w - lr * (state["m"] / (1 - beta1**t)) / (math.sqrt(state["v"] / (1 - beta2**t)) + eps))
    return new


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    return [g * min(1, limit / norm) if norm > 0 else g for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
