"""Exercise 21 with the whole matrix of derivatives, as an array: (δ - x xᵀ / (n r²)) / r for each output and input."""

import numpy as np


def parts(xs):
    x = np.asarray(xs, dtype=float)
    return x, np.sqrt(x @ x / x.size + 1e-5)


def rmsnorm(xs, scale):
    x, r = parts(xs)
    return x / r * scale


def rmsnorm_backward(xs, scale, gradients):
    x, r = parts(xs)
    jacobian = (np.eye(x.size) - np.outer(x, x) / (x.size * r**2)) / r
    return jacobian.T @ np.multiply(gradients, scale), np.multiply(gradients, x / r)
