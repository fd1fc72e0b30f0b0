# exercise: 2
# wrong
# where: grad, line 12
# mend: range(len(xs))
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    result = []
    for i in range(2):
        def moved(t):
            p = xs.copy()
            p[i] = t
            return f(*p)

        result.append(nudge(moved, xs[i], h))
    return result
