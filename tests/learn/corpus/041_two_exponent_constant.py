# exercise: 5
# expect: M27
# style: closures
def neg_rule(a):
    return -a, (lambda g: [-g])


def sub_rule(a, b):
    return a - b, (lambda g: [g, -g])


def div_rule(a, b):
    return a / b, (lambda g: [g / b, -a * g / b**2])


def pow_rule(a, b):
    # the exponent is a constant, only x^n is differentiated
    return a**b, (lambda g: [g * b * a**(b - 1), 0.0])


def rsub(a, other):
    return other - a, (lambda g: [-g, g])


def rdiv(a, other):
    return other / a, (lambda g: [-other * g / a**2, g / a])
