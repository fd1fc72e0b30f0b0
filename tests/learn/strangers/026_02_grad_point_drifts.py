# exercise: 2
# wrong
# where: grad, line 11
# mend: a fresh copy in each round
# names: D14

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    point = list(xs)
    slopes = []
    for i in range(len(xs)):
        def along(moved):
            point[i] = moved
            return f(*point)
        slopes.append(nudge(along, xs[i], h))
    return slopes
