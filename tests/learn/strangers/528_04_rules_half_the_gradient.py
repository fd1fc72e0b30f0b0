# exercise: 4
# wrong
# where: add_rule, line 9
# mend: (g, g)
# names: none

def add_rule(a, b):
    def pull(g):
        share = g / 2
        return share, share

    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        return (g * b, g * a)

    return a * b, pull
