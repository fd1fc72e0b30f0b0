# exercise: 4
# wrong
# where: mul_rule, line 16
# mend: g for abs(g)
# names: none

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        g = abs(g)
        return (b * g, a * g)

    return a * b, pull
