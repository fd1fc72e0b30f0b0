# exercise: 2
# wrong
# where: grad, line 14
# mend: no rounding
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    out = []
    for i, x in enumerate(xs):
        slope = nudge(lambda t, i=i: f(*xs[:i], t, *xs[i + 1 :]), x, h)
        out.append(round(slope))
    return out
