# exercise: 4
# wrong
# where: Mul.forward, line 19 | Mul.backward | Mul | mul_rule
# mend: saved in each call
# names: state shared by calls

def add_rule(a, b):
    def pull(g):
        return (g, g)

    return a + b, pull


class Mul:
    saved = ()

    @classmethod
    def forward(cls, a, b):
        cls.saved = (a, b)
        return a * b

    @classmethod
    def backward(cls, g):
        a, b = cls.saved
        return (g * b, g * a)


def mul_rule(a, b):
    return Mul.forward(a, b), Mul.backward
