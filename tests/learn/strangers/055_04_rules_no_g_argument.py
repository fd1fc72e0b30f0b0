# exercise: 4
# wrong
# where: mul_rule, line 10
# mend: pull takes g

def add_rule(a, b):
    return a + b, lambda g: (g, g)

def mul_rule(a, b):
    return a * b, lambda: (b, a)
