# exercise: 4
# wrong
# where: add_rule, line 13
# mend: return pull, not its result
# names: R3 | wrong shape

def add_rule(a, b):
    out = a + b

    def pull(g):
        return (g, g)

    return out, pull(1.0)


def mul_rule(a, b):
    out = a * b

    def pull(g):
        return (g * b, g * a)

    return out, pull
