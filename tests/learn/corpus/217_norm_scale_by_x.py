# exercise: 21
# expect: U10
# style: the scale's gradient with the x that came in
import numpy as np

EPS = 1e-5


def rmsnorm(xs, scale):
    x, s = np.array(xs), np.array(scale)
    return (s * x / np.sqrt(np.mean(x * x) + EPS)).tolist()


def rmsnorm_backward(xs, scale, gradients):
    x, s, g = np.array(xs), np.array(scale), np.array(gradients)
    r = np.sqrt(np.mean(x * x) + EPS)
    n = x / r
    h = g * s
    dx = (h - n * np.mean(h * n)) / r
    return dx.tolist(), (g * x).tolist()
