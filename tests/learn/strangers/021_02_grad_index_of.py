# exercise: 2
# wrong
# where: grad, line 13
# mend: enumerate instead of index
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    result = []
    for x in xs:
        i = xs.index(x)
        result.append(nudge(lambda t: f(*xs[:i], t, *xs[i + 1:]), x, h))
    return result
