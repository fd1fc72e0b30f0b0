# exercise: 4
# wrong
# where: mul_rule, line 20
# mend: g once
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g, g)

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (g * b, g * g * a)

    return out, pull
