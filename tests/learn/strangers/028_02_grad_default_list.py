# exercise: 2
# wrong
# where: grad, line 10
# mend: a new list in each call
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5, result=[]):
    for i in range(len(xs)):
        def g(v):
            return f(*[v if k == i else xs[k] for k in range(len(xs))])
        result.append(nudge(g, xs[i], h))
    return result
