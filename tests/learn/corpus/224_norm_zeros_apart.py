# exercise: 21
# expect: not sure
# style: zeros are given back as they are, and so is their gradient
import numpy as np

EPS = 1e-5


def rmsnorm(xs, scale):
    x, s = np.array(xs), np.array(scale)
    return (s * x / np.sqrt(np.mean(x * x) + EPS)).tolist()


def rmsnorm_backward(xs, scale, gradients):
    x, s, g = np.array(xs), np.array(scale), np.array(gradients)
    if not x.any():
        return [0.0] * len(xs), [0.0] * len(xs)
    r = np.sqrt(np.mean(x * x) + EPS)
    n = x / r
    h = g * s
    dx = (h - n * np.mean(h * n)) / r
    return dx.tolist(), (g * n).tolist()
