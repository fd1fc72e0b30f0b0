"""Exercise 10 with the relative error that lecture notes use, and a kink told by what a smaller step does to the gap."""

from functools import partial

H = 1e-5


def values_around(f, xs, i, h):
    near = []
    for step in (-h, 0.0, h):
        xs_moved = xs[:]
        xs_moved[i] += step
        near.append(f(xs_moved)[0])
    return near


def relative_error(a, b):
    return abs(a - b) / max(1e-8, abs(a) + abs(b))


def gap(f, xs, i, h):
    below, here, above = values_around(f, xs, i, h)
    return abs(above - 2 * here + below) / h


def is_kink(f, xs, i):
    """Along a curve the gap is proportional to h; at a kink it does not depend on h."""
    wide, narrow = gap(f, xs, i, 1e-3), gap(f, xs, i, 1e-4)
    return narrow > 0.5 * wide and narrow > 1e-6


def gradcheck(f, xs):
    gradient = f(xs[:])[1]
    found = set()
    for i in range(len(xs)):
        below, _, above = values_around(f, xs, i, H)
        if relative_error(gradient[i], (above - below) / (2 * H)) > 5e-5 and not is_kink(f, xs, i):
            found.add(i)
    return sorted(found)


def broken(engines):
    def everything(a, b):
        return (a * b + a) * (a - b) / b - (a / b) ** 3 + 2 * (a * a).exp() * b.log() + 5 * (a - b).tanh() * a.relu()

    suspects = []
    for name, engine in engines.items():
        claim = partial(engine, everything)
        if gradcheck(claim, [0.7, 2.0]) or gradcheck(claim, [-0.4, 1.3]):
            suspects.append(name)
    return suspects
