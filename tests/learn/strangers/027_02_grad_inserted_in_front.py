# exercise: 2
# wrong
# where: grad, line 14
# mend: append, not insert in front
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    slopes = []
    for i, x in enumerate(xs):
        slope = nudge(lambda t: f(*xs[:i], t, *xs[i + 1:]), x, h)
        slopes.insert(0, slope)
    return slopes
