# exercise: 2
# right

import numpy as np


def grad(f, xs, h=1e-5):
    xs = np.array(xs, dtype=float)
    steps = np.eye(len(xs)) * h
    return [float((f(*(xs + e)) - f(*(xs - e))) / (2 * h)) for e in steps]
