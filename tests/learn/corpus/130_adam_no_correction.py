# exercise: 14
# expect: A1
# style: loops with indices
import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    if "v" not in state:
        state["v"] = [0.0] * len(weights)
    new = []
    for i in range(len(weights)):
        state["v"][i] = momentum * state["v"][i] + gradients[i]
        new.append(weights[i] - lr * state["v"][i])
    return new


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    if "v" not in state:
        state["v"] = [0.0] * len(weights)
    new = []
    for i in range(len(weights)):
        state["v"][i] = decay * state["v"][i] + (1 - decay) * gradients[i] ** 2
        new.append(weights[i] - lr * gradients[i] / (math.sqrt(state["v"][i]) + eps))
    return new


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    if "m" not in state:
        state["m"] = [0.0] * len(weights)
        state["v"] = [0.0] * len(weights)
    new = []
    for i in range(len(weights)):
        state["m"][i] = beta1 * state["m"][i] + (1 - beta1) * gradients[i]
        state["v"][i] = beta2 * state["v"][i] + (1 - beta2) * gradients[i] ** 2
        new.append(weights[i] - lr * state["m"][i] / (math.sqrt(state["v"][i]) + eps))
    return new


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(g * g for g in gradients))
    if norm > limit:
        return [g / norm * limit for g in gradients]
    return gradients


def l2(weights, gradients, strength):
    return [gradients[i] + strength * weights[i] for i in range(len(weights))]
