"""Exercise 19 with arrays in between, and softmax as the power of log p."""

import numpy as np
from e18_local_derivatives import Value


def log_sum(logits):
    return float(np.logaddexp.reduce([z.data for z in logits]))


def softmax(logits):
    top = max(z.data for z in logits)
    total = sum([(z - top).exp() for z in logits], start=Value(0.0)).log() + top
    return [(z - total).exp() for z in logits]


def cross_entropy(logits, target):
    p = np.exp([z.data - log_sum(logits) for z in logits])
    y = np.eye(len(logits))[target]
    return Value(log_sum(logits) - logits[target].data, tuple(logits), tuple((p - y).tolist()))
