# exercise: 2
# expect: D7
# style: closures
from e01_nudge import nudge


def only(f, n, i):
    """f as a function of its argument number i alone."""
    def g(v):
        args = [1.0] * n
        args[i] = v
        return f(*args)
    return g


def grad(f, xs, h=1e-5):
    return [nudge(only(f, len(xs), i), xs[i], h) for i in range(len(xs))]
