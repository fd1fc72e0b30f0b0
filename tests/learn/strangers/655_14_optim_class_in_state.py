# exercise: 14
# right

import math


class Velocity(dict):
    def __missing__(self, i):
        return 0.0


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    v = state.setdefault("velocity", Velocity())
    new = []
    for i in range(len(weights)):
        v[i] = momentum * v[i] + gradients[i]
        new.append(weights[i] - lr * v[i])
    return new


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    def weight(i):
        state[i] = state.get(i, 0.0) + (1 - decay) * (gradients[i] ** 2 - state.get(i, 0.0))
        return weights[i] - lr * gradients[i] / (state[i] ** 0.5 + eps)

    return list(map(weight, range(len(weights))))


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    if not state:
        state["m"] = [0.0] * len(weights)
        state["v"] = [0.0] * len(weights)
        state["t"] = 0
    state["t"] += 1
    t = state["t"]
    out = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        state["m"][i] = beta1 * state["m"][i] + (1 - beta1) * g
        state["v"][i] = beta2 * state["v"][i] + (1 - beta2) * g * g
        m_hat = state["m"][i] / (1 - beta1**t)
        v_hat = state["v"][i] / (1 - beta2**t)
        out.append(w - lr * m_hat / (math.sqrt(v_hat) + eps))
    return out


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    if norm <= limit:
        return list(gradients)
    return [g * limit / norm for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
