# exercise: 2
# wrong
# where: grad, line 13
# mend: call nudge in the loop, or bind i
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    def replaced(i, t):
        return [t if j == i else x for j, x in enumerate(xs)]
    partials = [lambda t: f(*replaced(i, t)) for i in range(len(xs))]
    return [nudge(p, x, h) for p, x in zip(partials, xs)]
