# exercise: 2
# wrong
# where: grad, line 12
# mend: range(len(xs))
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs) - 1, -1, -1):
        slopes.append(nudge(lambda t: f(*xs[:i], t, *xs[i + 1 :]), xs[i], h))
    return slopes
