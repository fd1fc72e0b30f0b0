# exercise: 4
# wrong
# checked: 9
# where: mul_rule, line 21
# mend: times the other factor
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g, g)

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (g * b, g)

    return out, pull
