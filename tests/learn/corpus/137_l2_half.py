# exercise: 14
# expect: not sure
# style: dictionaries per weight
import math


def _slot(state, i):
    return state.setdefault(i, {"m": 0.0, "v": 0.0, "t": 0})


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    out = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        s = _slot(state, i)
        s["v"] = momentum * s["v"] + g
        out.append(w - lr * s["v"])
    return out


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    out = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        s = _slot(state, i)
        s["v"] = decay * s["v"] + (1 - decay) * g * g
        out.append(w - lr * g / (math.sqrt(s["v"]) + eps))
    return out


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    out = []
    for i, (w, g) in enumerate(zip(weights, gradients)):
        s = _slot(state, i)
        s["t"] += 1
        s["m"] = beta1 * s["m"] + (1 - beta1) * g
        s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
        m_hat, v_hat = s["m"] / (1 - beta1 ** s["t"]), s["v"] / (1 - beta2 ** s["t"])
        out.append(w - lr * m_hat / (math.sqrt(v_hat) + eps))
    return out


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    return [g * limit / max(norm, limit) for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength / 2 * w for g, w in zip(gradients, weights)]
