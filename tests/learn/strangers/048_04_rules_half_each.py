# exercise: 4
# wrong
# where: add_rule, line 11
# mend: each gets all of g
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g / 2, g / 2)

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (g * b, g * a)

    return out, pull
