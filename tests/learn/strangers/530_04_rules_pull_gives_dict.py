# exercise: 4
# wrong
# where: mul_rule, line 16
# mend: a pair
# names: wrong shape

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        return {"a": g * b, "b": g * a}

    return a * b, pull
