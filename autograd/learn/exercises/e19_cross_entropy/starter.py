"""Exercise 19: softmax, and a loss that is one node.

    z = [Value(1.0), Value(2.0), Value(3.0)]
    softmax(z)                    # Values 0.0900…, 0.2447… and 0.6652…
    loss = cross_entropy(z, 2)    # Value(0.4076…), which is -log 0.6652…
    loss.children                 # the three logits: one node, and no other between
    loss.local_grads              # (0.0900…, 0.2447…, -0.3347…)

Logits are the scores of the letters that may come next, as a list of Values; target is the place of the one that does.
softmax gives a list of Values, e to the power of each over the sum of these powers; make them in any way.

The cross entropy, -log p of the target, is a single node: Value(number, logits, local_grads), made with plain numbers.
Logits can be large: 1000 and -1000 must not be too much for exp, nor a probability that is rounded to 0 for log.
"""

import math

from e18_local_derivatives import Value


def softmax(logits):
    """Values between 0 and 1 that add up to 1."""
    raise NotImplementedError


def cross_entropy(logits, target):
    """-log p of the target: one Value, whose children are the logits."""
    raise NotImplementedError
