"""Exercise 1: a derivative by nudging.

How fast does f(x) change at x? Move x by a small h to either side and look how far f has moved, for each unit of x.

    def cube(x):
        return x**3

    nudge(cube, 2.0)          # about 12
    nudge(cube, 2.0, 0.25)    # 12.0625: with a larger h, less exact
"""


def nudge(f, x, h=1e-5):
    """The slope of f at x: the change of f from x - h to x + h, divided by the length of the way."""
    raise NotImplementedError
