# exercise: 4
# expect: crashed
# style: closures
def add_rule(a, b):
    def pull(g):
        return (grad * 1.0, grad * 1.0)
    return (a + b, pull)


def mul_rule(a, b):
    def pull(g):
        return (grad * b, grad * a)
    return (a * b, pull)
