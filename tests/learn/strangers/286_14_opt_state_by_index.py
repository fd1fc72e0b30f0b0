# exercise: 14
# right

from math import hypot


def _memory(state, name, i):
    """每个权重各有自己的记忆"""
    return state.get((name, i), 0.0)


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    new = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        v = state["v", i] = momentum * _memory(state, "v", i) + g
        new.append(w - lr * v)
    return new


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    new = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        old = _memory(state, "v", i)
        v = state["v", i] = old + (1 - decay) * (g * g - old)
        new.append(w - lr * g / (v**0.5 + eps))
    return new


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    state["b1"] = state.get("b1", 1.0) * beta1
    state["b2"] = state.get("b2", 1.0) * beta2
    new = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        m = state["m", i] = beta1 * _memory(state, "m", i) + (1 - beta1) * g
        v = state["v", i] = beta2 * _memory(state, "v", i) + (1 - beta2) * g**2
        new.append(w - lr * (m / (1 - state["b1"])) / ((v / (1 - state["b2"])) ** 0.5 + eps))
    return new


def clip_norm(gradients, limit):
    too_long = hypot(*gradients) > limit
    factor = limit / hypot(*gradients) if too_long else 1
    return [factor * g for g in gradients]


def l2(weights, gradients, strength):
    return list(map(lambda w, g: strength * w + g, weights, gradients))
