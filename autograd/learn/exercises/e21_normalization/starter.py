"""Exercise 21: normalization and its derivative.

    rmsnorm([3.0, -1.0], [1.0, 1.0])       # [1.3416…, -0.4472…]: divided by √((9 + 1)/2 + ε)
    rmsnorm([3.0, -1.0], [1.0, 10.0])      # [1.3416…, -4.4721…]

rmsnorm divides a list of numbers by their root mean square r = √((x₁² + … + xₙ²)/n + ε), with ε = 0.00001 under the
root, and multiplies each by its number in scale, which is trained. ε keeps r from being 0.

rmsnorm_backward(xs, scale, gradients) receives the derivative of a loss by each number that rmsnorm has given. It
returns two lists: the derivative of the loss by each of xs, and by each number in scale. What was passed in stays as it is.
"""

import math

EPSILON = 1e-5


def rmsnorm(xs, scale):
    """A list of as many numbers."""
    raise NotImplementedError


def rmsnorm_backward(xs, scale, gradients):
    """The gradient of xs and the gradient of scale."""
    raise NotImplementedError
