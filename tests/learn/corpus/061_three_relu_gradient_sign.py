# exercise: 6
# expect: M42
# style: closures with nonlocal variables
import math


def exp_rule(x):
    e = math.exp(x)
    return e, lambda g: (e * g,)


def log_rule(x):
    return math.log(x), lambda g: (g / x,)


def tanh_rule(x):
    t = math.tanh(x)
    return t, lambda g: ((1 - t * t) * g,)


def sigmoid_rule(x):
    big = math.exp(-abs(x))
    s = 1 / (1 + big) if x >= 0 else big / (1 + big)
    return s, lambda g: (s * (1 - s) * g,)


def relu(v):
    return v if v > 0 else 0.0


def relu_rule(x):
    # back through relu: relu again
    return relu(x), lambda g: (relu(g),)
