# exercise: 2
# wrong
# where: grad, line 14
# mend: list(map(...))
# names: R4 | a generator

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    def along(i):
        return nudge(lambda t: f(*xs[:i], t, *xs[i + 1 :]), xs[i], h)

    return map(along, range(len(xs)))
