"""Exercise 23 with a generator of tokens, and u used up from probability to probability."""

import math
import random
from itertools import islice, takewhile


def probabilities(logits, temperature=1.0):
    top = max(logits)
    log_sum = math.log(sum(math.exp((z - top) / temperature) for z in logits))
    return [math.exp((z - top) / temperature - log_sum) for z in logits]


def pick(ps, u):
    *others, _ = ps
    for index, p in enumerate(others):
        if p > u:
            return index
        u -= p
    return len(others)


def tokens_of(model, numbers, temperature, tokens):
    while True:
        tokens.append(pick(probabilities(model(tuple(tokens)), temperature), numbers.random()))
        yield tokens[-1]


def generate(model, seed, temperature=1.0, most=20, end=0):
    tokens = tokens_of(model, random.Random(seed), temperature, [end])
    return list(takewhile(lambda token: token != end, islice(tokens, most)))
