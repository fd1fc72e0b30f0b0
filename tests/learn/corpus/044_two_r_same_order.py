# exercise: 5
# expect: M18 | M23
# style: copy-paste
import math

def neg_rule(a):
    def pull(g):
        return (-g,)
    return (-a, pull)

def sub_rule(a, b):
    def pull(g):
        return (g, -g)
    return (a - b, pull)

def div_rule(a, b):
    def pull(g):
        return (g / b, -g * a / b ** 2)
    return (a / b, pull)

def pow_rule(a, b):
    def pull(g):
        if a > 0:
            return (g * b * a ** (b - 1), g * a ** b * math.log(a))
        else:
            return (g * b * a ** (b - 1), 0.0)
    return (a ** b, pull)

def rsub(a, other):
    def pull(g):
        return (g, -g)
    return (a - other, pull)

def rdiv(a, other):
    def pull(g):
        return (g / other, -g * a / other ** 2)
    return (a / other, pull)
