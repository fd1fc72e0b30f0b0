# exercise: 4
# wrong
# checked: 9
# where: mul_rule, line 13
# mend: g * a for the second
# names: none

def add_rule(a, b):
    return a + b, lambda g: (g, g)


def mul_rule(a, b):
    return a * b, lambda g: (g * b, g * b)
