# exercise: 4
# expect: M15
# style: one general function
def make_rule(out, da, db):
    def pull(g):
        return (da * g, db * g)
    return out, pull


def add_rule(a, b):
    return make_rule(a + b, 1, 1)


def mul_rule(a, b):
    y = a * b
    return make_rule(y, y, y)
