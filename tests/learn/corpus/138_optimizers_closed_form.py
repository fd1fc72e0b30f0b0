# exercise: 14
# expect: passed
# style: the whole history of gradients instead of running means
import math


def _history(state, gradients):
    state.setdefault("all", []).append(tuple(gradients))
    return list(zip(*state["all"]))


def _mean(values, beta):
    t = len(values)
    return sum((1 - beta) * beta ** (t - 1 - i) * v for i, v in enumerate(values))


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    result = []
    for w, past in zip(weights, _history(state, gradients)):
        velocity = 0.0
        for g in past:
            velocity = momentum * velocity + g
        result.append(w - lr * velocity)
    return result


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    return [w - lr * past[-1] / (math.sqrt(_mean([g * g for g in past], decay)) + eps)
            for w, past in zip(weights, _history(state, gradients))]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    result = []
    for w, past in zip(weights, _history(state, gradients)):
        t = len(past)
        m = _mean(past, beta1) / (1 - beta1**t)
        v = _mean([g * g for g in past], beta2) / (1 - beta2**t)
        result.append(w - lr * m / (v**0.5 + eps))
    return result


def clip_norm(gradients, limit):
    norm = math.dist(gradients, [0.0] * len(gradients))
    return tuple(gradients) if norm <= limit else tuple(limit * g / norm for g in gradients)


def l2(weights, gradients, strength):
    return tuple(map(lambda w, g: g + w * strength, weights, gradients))
