# exercise: 21
# expect: U6
# style: layer normalisation, forward and backward
import numpy as np

EPS = 1e-5


def rmsnorm(xs, scale):
    x, s = np.array(xs), np.array(scale)
    x = x - x.mean()
    return (s * x / np.sqrt(np.mean(x * x) + EPS)).tolist()


def rmsnorm_backward(xs, scale, gradients):
    x, s, g = np.array(xs), np.array(scale), np.array(gradients)
    x = x - x.mean()
    r = np.sqrt(np.mean(x * x) + EPS)
    n = x / r
    h = g * s
    dx = (h - np.mean(h) - n * np.mean(h * n)) / r
    return dx.tolist(), (g * n).tolist()
