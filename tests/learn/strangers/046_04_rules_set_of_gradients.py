# exercise: 4
# wrong
# where: add_rule, line 8
# mend: a tuple, not a set
# names: wrong shape

def add_rule(a, b):
    return a + b, lambda g: {g, g}


def mul_rule(a, b):
    return a * b, lambda g: (g * b, g * a)
