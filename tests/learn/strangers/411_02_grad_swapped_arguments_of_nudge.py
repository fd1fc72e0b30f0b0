# exercise: 2
# wrong
# where: grad, line 19
# mend: nudge(along, x, h)
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    out = []
    for i, x in enumerate(xs):

        def along(t, i=i):
            point = list(xs)
            point[i] = t
            return f(*point)

        out.append(nudge(along, h, x))
    return out
