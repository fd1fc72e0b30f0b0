"""Exercise 14 with loops that change the memories where they are, and a copy of the weights."""

import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    weights = list(weights)
    if not state:
        state.update(velocity=[0] * len(weights))
    velocity = state["velocity"]
    for i in range(len(weights)):
        velocity[i] = velocity[i] * momentum + gradients[i]
        weights[i] -= lr * velocity[i]
    return weights


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    weights = list(weights)
    if "squares" not in state:
        state["squares"] = [0.0 for _ in weights]
    for i in range(len(weights)):
        state["squares"][i] = decay * state["squares"][i] + (1 - decay) * pow(gradients[i], 2)
        weights[i] -= lr * gradients[i] / (math.sqrt(state["squares"][i]) + eps)
    return weights


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    weights = weights.copy()
    first, second, powers = state.setdefault("all", ([0.0] * len(weights), [0.0] * len(weights), [1.0, 1.0]))
    powers[0] *= beta1
    powers[1] *= beta2
    for i, g in enumerate(gradients):
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g**2
        weights[i] -= lr * (first[i] / (1 - powers[0])) / (math.sqrt(second[i] / (1 - powers[1])) + eps)
    return weights


def clip_norm(gradients, limit):
    squares = 0.0
    for g in gradients:
        squares += g * g
    if squares <= limit * limit:
        return gradients
    factor, shorter = limit / squares**0.5, list(gradients)
    for i in range(len(shorter)):
        shorter[i] *= factor
    return tuple(shorter)


def l2(weights, gradients, strength):
    total = gradients[:]
    for i, w in enumerate(weights):
        total[i] += strength * w
    return total
