# exercise: 1
# expect: not started
# style: the starter with thoughts
"""Exercise 1: a derivative by nudging."""


def nudge(f, x, h=1e-5):
    """The slope of f at x: the change of f from x - h to x + h, divided by the length of the way."""
    # so I need f(x + h) and f(x - h) ...?
    raise NotImplementedError
