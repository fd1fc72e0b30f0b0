# exercise: 5
# expect: M20
# style: lambdas
from math import log

neg_rule = lambda a: (-a, lambda g: (-g,))  # noqa
sub_rule = lambda a, b: (a - b, lambda g: (g, -g))  # noqa
div_rule = lambda a, b: (a / b, lambda g: (g / b, -g * a / b))  # noqa
pow_rule = lambda a, b: (a**b, lambda g: (g * b * a**(b - 1), g * a**b * log(a) if a > 0 else 0.0))  # noqa
rsub = lambda a, other: (other - a, lambda g: (-g, g))  # noqa
rdiv = lambda a, other: (other / a, lambda g: (-g * other / a**2, g / a))  # noqa
