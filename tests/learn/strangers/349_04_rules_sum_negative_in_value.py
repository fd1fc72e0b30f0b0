# exercise: 4
# wrong
# checked: 7
# where: add_rule, line 12
# mend: g for the left operand
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (-g, g)

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (g * b, g * a)

    return out, pull
