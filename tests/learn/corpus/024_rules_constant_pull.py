# exercise: 4
# expect: M10
# style: closures
def add_rule(a, b):
    s = a + b

    def pull(g):
        # d(a+b)/da = 1, d(a+b)/db = 1
        return 1.0, 1.0

    return s, pull


def mul_rule(a, b):
    p = a * b

    def pull(g):
        return b * g, a * g

    return p, pull
