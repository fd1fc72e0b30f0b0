# exercise: 4
# wrong
# where: mul_rule, line 19
# mend: g alone
# names: none

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    total = 0.0

    def pull(g):
        nonlocal total
        total += g
        return (total * b, total * a)

    return a * b, pull
