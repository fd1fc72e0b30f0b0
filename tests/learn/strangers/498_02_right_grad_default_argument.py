# exercise: 2
# right

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    return [nudge(lambda t, i=i: f(*(t if k == i else x for k, x in enumerate(xs))), xs[i], h) for i in range(len(xs))]
