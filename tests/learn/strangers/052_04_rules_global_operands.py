# exercise: 4
# wrong
# where: mul_rule, line 19
# mend: local names for the operands, not global ones
# names: M44 | state shared by calls

A = B = 0.0


def add_rule(a, b):
    return a + b, lambda g: (g, g)


def mul_rule(a, b):
    global A, B
    A, B = a, b

    def pull(g):
        return g * B, g * A

    return a * b, pull
