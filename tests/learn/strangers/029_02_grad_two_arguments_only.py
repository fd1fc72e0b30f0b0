# exercise: 2
# wrong
# where: grad, line 13
# mend: len(xs) for 2
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    n = 2  # f(a, b)
    g = []
    for i in range(n):
        def along(v):
            w = [*xs]
            w[i] = v
            return f(*w)
        g.append(nudge(along, xs[i], h))
    return g
