# exercise: 2
# wrong
# where: grad, line 13
# mend: no special case for 0
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    def slope(i):
        if not xs[i]:
            return 0.0
        return nudge(lambda t: f(*xs[:i], t, *xs[i + 1 :]), xs[i], h)

    return [slope(i) for i in range(len(xs))]
