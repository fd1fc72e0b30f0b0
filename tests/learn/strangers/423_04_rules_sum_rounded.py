# exercise: 4
# wrong
# where: add_rule, line 8
# mend: no rounding
# names: none

def add_rule(a, b):
    out = round(a + b, 4)
    return out, lambda g: (g, g)


def mul_rule(a, b):
    def pull(g):
        return (g * b, g * a)

    return a * b, pull
