# exercise: 23
# expect: passed
# style: arrays: searchsorted in the cumulative sum, the temperature as a power of p
import random

import numpy as np


def probabilities(logits, temperature=1.0):
    z = np.array(logits) - max(logits)
    p = np.exp(z) / np.exp(z).sum()
    with np.errstate(divide="ignore"):
        log_p = np.log(p) / temperature
    log_p = np.where(p > 0, log_p, z / temperature)
    q = np.exp(log_p - log_p.max())
    return (q / q.sum()).tolist()


def pick(ps, u):
    return min(int(np.searchsorted(np.cumsum(ps), u, side="right")), len(ps) - 1)


def generate(model, seed, temperature=1.0, most=20, end=0):
    def tokens(so_far, rng):
        token = pick(probabilities(model([end, *so_far]), temperature), rng.random())
        return so_far if token == end or len(so_far) == most else tokens([*so_far, token], rng)

    return tokens([], random.Random(seed)) if most else []
