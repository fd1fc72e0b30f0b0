# exercise: 2
# wrong
# where: grad, line 13
# mend: pass h on to nudge
# names: D12

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    def hold(i):
        return lambda t: f(*[t if i == j else xs[j] for j in range(len(xs))])
    return [nudge(hold(i), xs[i]) for i in range(len(xs))]
