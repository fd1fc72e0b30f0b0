# exercise: 2
# wrong
# where: grad, line 18
# mend: return after the loop
# names: R2 | returned inside the loop

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        def along(t):
            p = xs[:]
            p[i] = t
            return f(*p)
        slopes.append(nudge(along, xs[i], h))
        return slopes
