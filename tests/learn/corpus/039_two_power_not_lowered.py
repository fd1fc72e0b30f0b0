# exercise: 5
# expect: M24
# style: dictionaries
import math


def _log(a):
    return math.log(a) if a > 0 else 0.0


DERIVATIVES = {
    "neg": [lambda a: -1],
    "sub": [lambda a, b: 1, lambda a, b: -1],
    "div": [lambda a, b: 1 / b, lambda a, b: -a / b / b],
    "pow": [lambda a, b: b * a**b, lambda a, b: a**b * _log(a)],
}


def back(name, *args):
    def pull(g):
        return tuple(g * d(*args) for d in DERIVATIVES[name])
    return pull


def neg_rule(a):
    return -a, back("neg", a)


def sub_rule(a, b):
    return a - b, back("sub", a, b)


def div_rule(a, b):
    return a / b, back("div", a, b)


def pow_rule(a, b):
    return a**b, back("pow", a, b)


def flip(pull):
    return lambda g: tuple(pull(g)[::-1])


def rsub(a, other):
    return other - a, flip(back("sub", other, a))


def rdiv(a, other):
    return other / a, flip(back("div", other, a))
