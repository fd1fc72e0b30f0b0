# exercise: 4
# wrong
# where: add_rule, line 8
# mend: a pair
# names: M11 | wrong shape

def add_rule(a, b):
    return a + b, lambda g: (g,)

def mul_rule(a, b):
    return a * b, lambda g: (b * g, a * g)
