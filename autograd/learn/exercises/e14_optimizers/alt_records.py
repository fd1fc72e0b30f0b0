"""Exercise 14 with one record for each weight in the state, and steps written for a single weight."""

from math import hypot


def each(step, weights, gradients, state):
    return [
        step(w, g, state.setdefault(i, {"m": 0.0, "v": 0.0, "t": 0}))
        for i, (w, g) in enumerate(zip(weights, gradients))
    ]


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    def step(w, g, own):
        own["v"] *= momentum
        own["v"] -= lr * g
        return w + own["v"]

    return each(step, weights, gradients, state)


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    def step(w, g, own):
        own["v"] += (1 - decay) * (g * g - own["v"])
        return w - lr * g / (own["v"] ** 0.5 + eps)

    return each(step, weights, gradients, state)


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    def step(w, g, own):
        own["t"] += 1
        own["m"] += (1 - beta1) * (g - own["m"])
        own["v"] += (1 - beta2) * (g * g - own["v"])
        rate = lr * (1 - beta2 ** own["t"]) ** 0.5 / (1 - beta1 ** own["t"])
        return w - rate * own["m"] / (own["v"] ** 0.5 + eps * (1 - beta2 ** own["t"]) ** 0.5)

    return each(step, weights, gradients, state)


def clip_norm(gradients, limit):
    scale = min(1.0, limit / max(hypot(*gradients), 1e-300))
    return [scale * g for g in gradients]


def l2(weights, gradients, strength):
    return list(map(lambda w, g: g + w * strength, weights, gradients))
