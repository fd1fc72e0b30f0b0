# exercise: 14
# expect: A2
# style: a class of states
from math import hypot, sqrt


class Memory:
    """One number for each weight, in the state."""

    def __init__(self, state, n):
        self.state, self.n = state, n

    def mean(self, name, beta, values, weight=None):
        old = self.state.setdefault(name, [0.0] * self.n)
        weight = 1 - beta if weight is None else weight
        self.state[name] = [beta * o + weight * v for o, v in zip(old, values)]
        return self.state[name]


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    v = Memory(state, len(weights)).mean("velocity", momentum, gradients, weight=1)
    return [w - lr * x for w, x in zip(weights, v)]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    v = Memory(state, len(weights)).mean("squares", decay, [g * g for g in gradients])
    return [w - lr * g / (sqrt(x) + eps) for w, g, x in zip(weights, gradients, v)]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    memory = Memory(state, len(weights))
    m = memory.mean("m", beta1, gradients)
    v = memory.mean("v", beta2, [g * g for g in gradients])
    t = state.get("t", 0)
    if t > 0:
        # correction
        m = [x / (1 - beta1 ** t) for x in m]
        v = [x / (1 - beta2 ** t) for x in v]
    state["t"] = t + 1
    return [w - lr * a / (sqrt(b) + eps) for w, a, b in zip(weights, m, v)]


def clip_norm(gradients, limit):
    factor = min(1, limit / (hypot(*gradients) or limit))
    return [factor * g for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
