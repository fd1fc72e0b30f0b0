# exercise: 4
# wrong
# where: mul_rule, line 20
# mend: the factor with its sign
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g, g)

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (g * abs(b), g * abs(a))

    return out, pull
