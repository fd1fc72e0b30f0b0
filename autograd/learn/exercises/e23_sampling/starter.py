"""Exercise 23: sampling from a trained model.

    probabilities([1.0, 2.0, 3.0])                    # [0.0900…, 0.2447…, 0.6652…]
    probabilities([1.0, 2.0, 3.0], temperature=0.5)   # [0.0158…, 0.1173…, 0.8668…]
    pick([0.25, 0.25, 0.5], 0.4)                      # 1: 0.25 is not above 0.4, and 0.25 + 0.25 is
    generate(model, seed=7)                           # a list of tokens, the same in each call

probabilities divides the logits, plain numbers, by the temperature, and applies softmax; 1000 must not be too much for exp.
pick takes a number u with 0 <= u < 1 and gives the first index up to which the probabilities add up to more than u.
Where rounding keeps their sum from getting above u, it is the last index.

model(tokens) gives the logits of the next token, for a list of all tokens so far; the first in that list is the token
`end`, which stands for the beginning as well. generate draws tokens until it draws `end`, or has `most` of them, and
returns them without `end`. For each token it takes one number u from a generator of its own, random.Random(seed).
"""

import math
import random


def probabilities(logits, temperature=1.0):
    """Numbers between 0 and 1 that add up to 1."""
    raise NotImplementedError


def pick(ps, u):
    """An index: for a random u, each with its probability."""
    raise NotImplementedError


def generate(model, seed, temperature=1.0, most=20, end=0):
    """A list of tokens."""
    raise NotImplementedError
