# exercise: 4
# wrong
# where: mul_rule, line 20
# mend: no int
# names: none

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g, g)

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (int(g * b), int(g * a))

    return out, pull
