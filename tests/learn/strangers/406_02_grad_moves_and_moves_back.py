# exercise: 2
# wrong
# where: grad, line 13
# mend: a copy of xs
# names: argument changed | D8

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        xs[i] += h
        up = f(*xs)
        xs[i] -= 2 * h
        down = f(*xs)
        xs[i] += h
        slopes.append((up - down) / (2 * h))
    return slopes
