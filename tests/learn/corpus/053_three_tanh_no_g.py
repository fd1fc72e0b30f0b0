# exercise: 6
# expect: M32
# style: classes with __call__
import math


class Pull:
    def __init__(self, slope):
        self.slope = slope

    def __call__(self, g):
        return (self.slope * g,)


class TanhPull(Pull):
    def __init__(self, out):
        self.out = out

    def __call__(self, g):
        return (1 - self.out * self.out,)


def exp_rule(x):
    return math.exp(x), Pull(math.exp(x))


def log_rule(x):
    return math.log(x), Pull(1 / x)


def tanh_rule(x):
    out = math.tanh(x)
    return out, TanhPull(out)


def sigmoid_rule(x):
    if x >= 0:
        s = 1 / (1 + math.exp(-x))
    else:
        s = 1 - 1 / (1 + math.exp(x))
    return s, Pull(s * (1 - s))


def relu_rule(x):
    return (x if x > 0 else 0.0), Pull(x > 0)
