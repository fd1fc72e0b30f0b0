"""Exercise 19: softmax, and a loss that is one node."""

import math

from e18_local_derivatives import Value


def softmax(logits):
    """The largest is subtracted first: the quotients stay the same, and no power is larger than 1."""
    largest = max(z.data for z in logits)
    powers = [(z - largest).exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(logits, target):
    """-log p = log(Σ eᶻ) - z of the target; its derivative by each logit is p, and p - 1 for the target."""
    numbers = [z.data for z in logits]
    largest = max(numbers)
    powers = [math.exp(z - largest) for z in numbers]
    total = sum(powers)
    log_sum = math.log(total) + largest
    local_grads = [power / total - (j == target) for j, power in enumerate(powers)]
    return Value(log_sum - numbers[target], logits, local_grads)
