# exercise: 6
# wrong
# where: the file, line 25 | rule
# mend: f and df bound in each pass
# names: none

import math


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


TABLE = [
    ("exp_rule", math.exp, lambda x: math.exp(x)),
    ("log_rule", math.log, lambda x: 1 / x),
    ("tanh_rule", math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    ("sigmoid_rule", sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    ("relu_rule", lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
]

for name, f, df in TABLE:

    def rule(x):
        return f(x), lambda g: (g * df(x),)

    globals()[name] = rule
