# exercise: 4
# wrong
# where: mul_rule, line 12 | add_rule
# mend: a * b, and (g, g)
# names: none

def add_rule(a, b):
    return a + b, lambda g: (g, 1.0)


def mul_rule(a, b):
    return a * a, lambda g: (g * b, g * a)
