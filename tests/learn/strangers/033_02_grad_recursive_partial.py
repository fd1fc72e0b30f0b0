# exercise: 2
# right

from functools import partial

from e01_nudge import nudge


def grad(f, xs, h=1e-5):
    if not xs:
        return []
    first, *rest = xs
    head = nudge(lambda v: f(v, *rest), first, h)
    return [head, *grad(partial(f, first), rest, h)]
