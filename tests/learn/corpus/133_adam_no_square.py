# exercise: 14
# expect: A4
# style: one helper for both means
import math


def ema(old, new, beta):
    """exponential moving average"""
    return [beta * o + (1 - beta) * n for o, n in zip(old, new)]


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    v = state.get("v")
    if v is None:
        v = [0 for _ in weights]
    v = [momentum * a + b for a, b in zip(v, gradients)]
    state["v"] = v
    return [w - lr * a for w, a in zip(weights, v)]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    v = state.get("v", [0 for _ in weights])
    v = ema(v, [g**2 for g in gradients], decay)
    state["v"] = v
    return [w - lr * g / (math.sqrt(a) + eps) for w, g, a in zip(weights, gradients, v)]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    zeros = [0 for _ in weights]
    state["t"] = state.get("t", 0) + 1
    state["m"] = ema(state.get("m", zeros), gradients, beta1)
    state["v"] = ema(state.get("v", zeros), gradients, beta2)
    result = []
    for w, m, v in zip(weights, state["m"], state["v"]):
        M = m / (1 - beta1 ** state["t"])
        V = v / (1 - beta2 ** state["t"])
        result.append(w - lr * M / (math.sqrt(abs(V)) + eps))
    return result


def clip_norm(gradients, limit):
    norm = sum(g**2 for g in gradients) ** 0.5
    scale = limit / norm if norm > limit else 1.0
    return [g * scale for g in gradients]


def l2(weights, gradients, strength):
    return [g + w * strength for g, w in zip(gradients, weights)]
