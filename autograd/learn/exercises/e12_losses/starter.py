"""Exercise 12: losses, and their gradients by formula.

A batch is a list of rows. Predictions and logits are rows of Values; targets are rows of numbers; classes holds, for each
row, the place of its true class.

    p = [[Value(1.0), Value(3.0)], [Value(0.0), Value(2.0)]]
    mse_loss(p, [[0.0, 1.0], [0.0, 5.0]])      # (1 + 4 + 0 + 9) / 4: Value(3.5)
    softmax([[Value(0.0), Value(0.0)]])        # [[Value(0.5), Value(0.5)]]: e to the power of each, over their sum
    cross_entropy([[Value(0.0), Value(0.0)]], [1])     # -log 0.5: Value(0.6931…)

The cross entropy is the mean over the rows of -log p, where p is the softmax probability of the true class. Logits can be
large: 1000 and -1000 must not be too much for exp, nor a probability that is rounded to 0 for log.

The other two functions take plain numbers and give the gradient of the loss by each of them, as rows of numbers: what
your engine finds by backward, you write as a formula. The check compares the two.
"""

from e07_value import Value


def mse_loss(predictions, targets):
    """The mean of the squares of all differences: a Value."""
    raise NotImplementedError


def mse_gradient(predictions, targets):
    """The derivative of the mean squared error by each prediction: rows of numbers."""
    raise NotImplementedError


def softmax(logits):
    """Rows of Values, each of which adds up to 1."""
    raise NotImplementedError


def cross_entropy(logits, classes):
    """The mean over the rows of -log p of the true class: a Value."""
    raise NotImplementedError


def cross_entropy_gradient(logits, classes):
    """The derivative of the cross entropy by each logit: rows of numbers."""
    raise NotImplementedError
