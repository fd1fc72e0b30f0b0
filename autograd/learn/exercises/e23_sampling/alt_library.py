"""Exercise 23 with what the library has: accumulate and bisect, and choices, which draws in the same way."""

from bisect import bisect_right
from itertools import accumulate
from math import exp
from random import Random


def probabilities(logits, temperature=1.0):
    cooled = [z / temperature for z in logits]
    powers = [exp(z - max(cooled)) for z in cooled]
    return tuple(power / sum(powers) for power in powers)


def pick(ps, u):
    return bisect_right(list(accumulate(ps)), u, 0, len(ps) - 1)


def generate(model, seed, temperature=1.0, most=20, end=0):
    rng, out = Random(seed), []
    for _ in range(most):
        logits = model([end, *out])
        (token,) = rng.choices(range(len(logits)), weights=probabilities(logits, temperature))
        if token == end:
            return out
        out.append(token)
    return out
