# exercise: 4
# wrong
# where: mul_rule, line 18
# mend: the list made in each call
# names: state shared by calls

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


_operands = [None, None]


def mul_rule(a, b):
    _operands[:] = [b, a]
    return a * b, lambda g: tuple(g * x for x in _operands)
