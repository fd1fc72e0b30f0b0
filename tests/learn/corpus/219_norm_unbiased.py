# exercise: 21
# expect: not sure
# style: n - 1, as for a standard deviation
import numpy as np

EPS = 1e-5


def rmsnorm(xs, scale):
    x, s = np.array(xs), np.array(scale)
    return (s * x / np.sqrt(np.sum(x * x) / max(len(x) - 1, 1) + EPS)).tolist()


def rmsnorm_backward(xs, scale, gradients):
    x, s, g = np.array(xs), np.array(scale), np.array(gradients)
    r = np.sqrt(np.sum(x * x) / max(len(x) - 1, 1) + EPS)
    n = x / r
    h = g * s
    dx = (h - n * np.sum(h * n) / max(len(x) - 1, 1)) / r
    return dx.tolist(), (g * n).tolist()
