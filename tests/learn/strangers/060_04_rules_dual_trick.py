# exercise: 4
# right

def _rule(f, a, b):
    """Both operations are linear in each operand, so a difference over a step of 1 is exact."""
    out = f(a, b)
    da, db = f(a + 1, b) - out, f(a, b + 1) - out

    def pull(g):
        return g * da, g * db

    return out, pull


def add_rule(a, b):
    return _rule(lambda x, y: x + y, a, b)


def mul_rule(a, b):
    return _rule(lambda x, y: x * y, a, b)
