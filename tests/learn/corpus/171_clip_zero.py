# exercise: 14
# expect: O18
# style: min of two factors, 0 / 0 where all gradients are 0
import math


def remembered(state, name, weights):
    if name not in state:
        state[name] = [0.0 for _ in weights]
    return state[name]


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    v = remembered(state, "v", weights)
    for i, g in enumerate(gradients):
        v[i] = momentum * v[i] + g
    return [w - lr * x for w, x in zip(weights, v)]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    v = remembered(state, "v", weights)
    for i, g in enumerate(gradients):
        v[i] = decay * v[i] + (1 - decay) * g * g
    return [w - lr * g / (math.sqrt(x) + eps) for w, g, x in zip(weights, gradients, v)]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = remembered(state, "m", weights), remembered(state, "v", weights)
    state["t"] = 1 + state["t"] if "t" in state else 1
    new = []
    for i, g in enumerate(gradients):
        m[i] += (1 - beta1) * (g - m[i])
        v[i] += (1 - beta2) * (g * g - v[i])
        M, V = m[i] / (1 - beta1 ** state["t"]), v[i] / (1 - beta2 ** state["t"])
        new.append(weights[i] - lr * M / (math.sqrt(V) + eps))
    return new


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    factor = min(1.0, limit / norm)
    return [factor * g for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for g, w in zip(gradients, weights)]
