# exercise: 23
# wrong
# where: generate, line 29
# mend: a new u for each token
# names: S14

import math
import random


def probabilities(logits, temperature=1.0):
    scaled = [z / temperature for z in logits]
    top = max(scaled)
    exps = [math.exp(z - top) for z in scaled]
    total = sum(exps)
    return [e / total for e in exps]


def pick(ps, u):
    total = 0.0
    for i, p in enumerate(ps):
        total += p
        if total > u:
            return i
    return len(ps) - 1


def generate(model, seed, temperature=1.0, most=20, end=0):
    u = random.Random(seed).random()
    tokens = [end]
    while len(tokens) <= most:
        ps = probabilities(model(tokens), temperature)
        token = pick(ps, u)
        if token == end:
            break
        tokens.append(token)
    return tokens[1:]
