# exercise: 2
# expect: passed
# style: NumPy
import numpy as np


def grad(f, xs, h=1e-5):
    x = np.array(xs, dtype=float)
    steps = np.eye(len(x)) * h
    return [float(f(*(x + s)) - f(*(x - s))) / (2 * h) for s in steps]
