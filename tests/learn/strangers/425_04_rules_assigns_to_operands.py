# exercise: 4
# wrong
# where: mul_rule, line 18
# mend: new names
# names: name not defined

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    out = a * b

    def pull(g):
        a = g * b
        b = g * a
        return a, b

    return out, pull
