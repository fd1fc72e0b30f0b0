# exercise: 4
# wrong
# where: mul_rule, line 17
# mend: (g * b, g * a)
# names: none

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        if a == b:
            return (2 * a * g, 2 * a * g)
        return (g * b, g * a)

    return a * b, pull
