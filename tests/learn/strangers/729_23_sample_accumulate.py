# exercise: 23
# right

import math
from bisect import bisect_right
from itertools import accumulate
import random


def probabilities(logits, temperature=1.0):
    scaled = [z / temperature for z in logits]
    top = max(scaled)
    exps = [math.exp(z - top) for z in scaled]
    total = sum(exps)
    return [e / total for e in exps]


def pick(ps, u):
    return min(bisect_right(list(accumulate(ps)), u), len(ps) - 1)


def generate(model, seed, temperature=1.0, most=20, end=0):
    rng = random.Random(seed)

    def rest(tokens):
        if len(tokens) == most:
            return tokens
        token = pick(probabilities(model([end] + tokens), temperature), rng.random())
        return tokens if token == end else rest(tokens + [token])

    return rest([])
