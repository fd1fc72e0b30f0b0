# exercise: 23
# wrong
# where: generate, line 34
# mend: compare with end
# names: S22

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
    rng = random.Random(seed)
    tokens = [end]
    while len(tokens) <= most:
        ps = probabilities(model(tokens), temperature)
        token = pick(ps, rng.random())
        if not token:
            break
        tokens.append(token)
    return tokens[1:]
