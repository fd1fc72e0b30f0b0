# exercise: 12
# expect: not sure
# style: takes the largest from the logits themselves
import math


def mse_loss(predictions, targets):
    """The mean of the squared differences."""
    squares = [(p - t) ** 2 for row, wanted in zip(predictions, targets) for p, t in zip(row, wanted)]
    return sum(squares) / len(squares)


def mse_gradient(predictions, targets):
    """2 (p - t) / n, where n counts all entries."""
    n = sum(len(row) for row in predictions)
    return [[2 * (p - t) / n for p, t in zip(row, wanted)] for row, wanted in zip(predictions, targets)]


def softmax(logits):
    """The largest of a row is subtracted first: the quotients stay the same, and no power is larger than 1."""
    probabilities = []
    for row in logits:
        largest = max(z.data for z in row)
        for z in row:
            z.data -= largest
        powers = [z.exp() for z in row]
        total = sum(powers)
        probabilities.append([power / total for power in powers])
    return probabilities


def cross_entropy(logits, classes):
    """-log p = log(Σ eᶻ) - z, so that no probability has to be computed."""
    total = 0.0
    for row, k in zip(logits, classes):
        largest = max(z.data for z in row)
        log_sum = sum((z - largest).exp() for z in row).log() + largest
        total = total + (log_sum - row[k])
    return total / len(logits)


def cross_entropy_gradient(logits, classes):
    """(p - 1 for the true class, p for the others) / the number of rows."""
    gradients = []
    for row, k in zip(logits, classes):
        powers = [math.exp(z - max(row)) for z in row]
        total = sum(powers)
        gradients.append([(power / total - (j == k)) / len(logits) for j, power in enumerate(powers)])
    return gradients
