# exercise: 4
# right

from functools import partial


def times(local, upstream):
    return tuple(map(upstream.__mul__, local)) if isinstance(upstream, float) else tuple(upstream * x for x in local)


def add_rule(left, right, /):
    return left + right, partial(times, (1.0, 1.0))


def mul_rule(left, right, /):
    return left * right, partial(times, (float(right), float(left)))
