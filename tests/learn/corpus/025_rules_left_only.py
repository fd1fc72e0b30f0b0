# exercise: 4
# expect: M11
# style: nested classes
class Add:
    def __init__(self, a, b):
        self.a, self.b = a, b
        self.out = a + b

    def back(self, g):
        # b is only added on, it is a constant
        return (g, 0.0)


class Mul:
    def __init__(self, a, b):
        self.a, self.b = a, b
        self.out = a * b

    def back(self, g):
        return (g * self.b, g * self.a)


def add_rule(a, b):
    node = Add(a, b)
    return node.out, node.back


def mul_rule(a, b):
    node = Mul(a, b)
    return node.out, node.back
