# exercise: 23
# expect: not sure
# style: below a temperature of 0.75 the most probable token
import math
import random


def probabilities(logits, temperature=1.0):
    m = max(logits)
    if temperature < 0.75:
        return [float(x == m) for x in logits]
    e = [math.exp((x - m) / temperature) for x in logits]
    s = sum(e)
    return [x / s for x in e]


def pick(ps, u):
    c = 0.0
    for i, p in enumerate(ps):
        c += p
        if u < c:
            return i
    return len(ps) - 1


def generate(model, seed, temperature=1.0, most=20, end=0):
    rng = random.Random(seed)
    token, out = end, []
    tokens = [end]
    for _ in range(most):
        token = pick(probabilities(model(tokens), temperature), rng.random())
        if token == end:
            break
        tokens.append(token)
        out.append(token)
    return out
