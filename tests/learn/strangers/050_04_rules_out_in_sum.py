# exercise: 4
# wrong
# where: mul_rule, line 15
# mend: a + b as value
# names: none

def add_rule(a, b):
    out = a + b
    pull = lambda g: (g, g)
    return out, pull


def mul_rule(a, b):
    # 复制上面的
    out = a + b
    pull = lambda g: (g * b, g * a)
    return out, pull
