# exercise: 4
# wrong
# where: add_rule, line 11
# mend: (g, g)
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g * a / out, g * b / out)

    return out, pull


def mul_rule(a, b):
    def pull(g):
        return (g * b, g * a)

    return a * b, pull
