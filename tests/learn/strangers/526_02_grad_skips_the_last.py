# exercise: 2
# wrong
# where: grad, line 13
# mend: len(xs)
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    slopes = []
    i = 0
    while i < len(xs) - 1:
        point = list(xs)

        def along(t):
            point[i] = t
            return f(*point)

        slopes.append(nudge(along, xs[i], h))
        i += 1
    return slopes
