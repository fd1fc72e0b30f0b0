# exercise: 2
# wrong
# where: grad, line 13
# mend: the slope itself, not their mean
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    n = len(xs)
    g = [nudge(lambda v: f(*xs[:k], v, *xs[k + 1:]), xs[k], h) for k in range(n)]
    return [v / n for v in g]
