# exercise: 4
# wrong
# where: mul_rule, line 13
# mend: no special case for 0
# names: none

def add_rule(a, b):
    return (a + b, lambda g: (g, g))


def mul_rule(a, b):
    out = a * b
    if out == 0:  # nothing to send back
        return out, lambda g: (0.0, 0.0)
    return out, lambda g: (g * out / a, g * out / b)
