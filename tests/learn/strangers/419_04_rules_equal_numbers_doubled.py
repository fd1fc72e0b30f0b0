# exercise: 4
# wrong
# where: add_rule, line 10
# mend: (g, g) always
# names: none

def add_rule(a, b):
    def pull(g):
        if a == b:
            return (2 * g, 2 * g)
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        return (g * b, g * a)

    return a * b, pull
