"""Exercise 23: sampling from a trained model."""

import math
import random


def probabilities(logits, temperature=1.0):
    """softmax of logits / temperature; the largest is subtracted first."""
    largest = max(logits)
    powers = [math.exp((z - largest) / temperature) for z in logits]
    total = sum(powers)
    return [power / total for power in powers]


def pick(ps, u):
    """The first place up to which the probabilities add up to more than u."""
    total = 0.0
    for index, p in enumerate(ps):
        total += p
        if u < total:
            return index
    return len(ps) - 1


def generate(model, seed, temperature=1.0, most=20, end=0):
    """Token by token, each drawn from what the model says of all those before."""
    numbers = random.Random(seed)
    tokens = [end]
    while len(tokens) <= most:
        ps = probabilities(model(tokens), temperature)
        token = pick(ps, numbers.random())
        if token == end:
            break
        tokens.append(token)
    return tokens[1:]
