# exercise: 4
# wrong
# where: add_rule, line 10
# mend: (out, pull) in this order
# names: R3 | wrong shape

def add_rule(a, b):
    def pull(g):
        return g, g
    return pull, a + b


def mul_rule(a, b):
    def pull(g):
        return g * b, g * a
    return a * b, pull
