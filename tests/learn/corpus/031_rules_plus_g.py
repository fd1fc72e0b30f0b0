# exercise: 4
# expect: not sure
# style: closures
def add_rule(a, b):
    def pull(g):
        return g, g
    return a + b, pull


def mul_rule(a, b):
    def pull(g):
        return g + b, g + a
    return a * b, pull
