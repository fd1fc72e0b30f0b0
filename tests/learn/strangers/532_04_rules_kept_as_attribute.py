# exercise: 4
# wrong
# where: mul_rule, line 19 | pull
# mend: numbers of each call
# names: state shared by calls

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def pull(g):
    return (g * mul_rule.b, g * mul_rule.a)


def mul_rule(a, b):
    mul_rule.a, mul_rule.b = a, b
    return a * b, pull
