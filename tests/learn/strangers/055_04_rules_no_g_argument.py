# exercise: 4
# wrong
# where: mul_rule, line 11
# mend: pull takes g
# names: wrong number of arguments

def add_rule(a, b):
    return a + b, lambda g: (g, g)

def mul_rule(a, b):
    return a * b, lambda: (b, a)
