# exercise: 4
# right

class Pull:
    def __init__(self, *local):
        self.local = local

    def __call__(self, g):
        return tuple(g * x for x in self.local)


def add_rule(a, b):
    return a + b, Pull(1, 1)


def mul_rule(a, b):
    return a * b, Pull(b, a)
