"""Exercise 13: the training loop.

The model is w·x, with one weight; the loss is the mean over the examples of (w·x - y)². Train w by gradient descent:

    w = Value(1.0)
    train([3.0], [6.0], w, lr=0.01, most=3)        # [1.18, 1.3276, 1.448632]: w after each step
    w.data                                         # 1.448632

    w = Value(0.0)
    train([1.0, 2.0, 3.0], [3.0, 6.0, 9.0], w)     # many numbers, the last of them very nearly 3: the data are y = 3x

A step moves w by lr times its gradient, downhill. Before each step, look at the loss: once it is below the threshold, there
is nothing more to do. There are never more than `most` steps.
"""

from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    """Move the Value w until the loss is below the threshold, in at most so many steps; the list of w after each step."""
    raise NotImplementedError
