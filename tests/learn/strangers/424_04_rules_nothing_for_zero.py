# exercise: 4
# wrong
# where: add_rule, line 10
# mend: (g, g) for 0 as well
# names: nothing returned

def add_rule(a, b):
    def pull(g):
        if g:
            return (g, g)

    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        return (g * b, g * a)

    return a * b, pull
