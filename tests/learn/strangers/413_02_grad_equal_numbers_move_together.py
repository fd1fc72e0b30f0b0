# exercise: 2
# wrong
# where: grad, line 11
# mend: by position, not by number
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    return [nudge(lambda t: f(*[t if y == x else y for y in xs]), x, h) for x in xs]
