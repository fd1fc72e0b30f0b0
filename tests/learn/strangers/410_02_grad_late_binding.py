# exercise: 2
# wrong
# where: grad, line 13
# mend: i=i in the lambda
# names: none

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    lines = []
    for i in range(len(xs)):
        lines.append(lambda t: f(*xs[:i], t, *xs[i + 1 :]))
    return [nudge(line, x, h) for line, x in zip(lines, xs)]
