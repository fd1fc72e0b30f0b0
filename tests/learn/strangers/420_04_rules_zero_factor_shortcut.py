# exercise: 4
# wrong
# where: mul_rule, line 16
# mend: no shortcut
# names: none

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    if a == 0 or b == 0:
        return 0.0, lambda g: (0.0, 0.0)
    return a * b, lambda g: (g * b, g * a)
