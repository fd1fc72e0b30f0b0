# exercise: 14
# expect: V29
# style: one-liners
from math import sqrt


def _keep(state, key, new):
    state[key] = new
    return new


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    v = _keep(state, "v", [momentum * v + g for v, g in zip(state.get("v", [0] * len(weights)), gradients)])
    return [w - lr * x for w, x in zip(weights, v)]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    v = _keep(state, "s", [decay * v + (1 - decay) * g * g for v, g in zip(state.get("s", [0] * len(weights)), gradients)])
    return [w - lr * g / (sqrt(x) + eps) for w, g, x in zip(weights, gradients, v)]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    t = _keep(state, "t", state.get("t", 0) + 1)
    m = _keep(state, "m", [beta1 * m + (1 - beta1) * g for m, g in zip(state.get("m", [0] * len(weights)), gradients)])
    v = _keep(state, "v", [beta2 * v + (1 - beta2) * g * g for v, g in zip(state.get("v", [0] * len(weights)), gradients)])
    return [w - lr * (a / (1 - beta1**t)) / (sqrt(b / (1 - beta2**t)) + eps) for w, a, b in zip(weights, m, v)]


def clip_norm(gradients, limit):
    return [max(-limit, min(limit, g)) for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
