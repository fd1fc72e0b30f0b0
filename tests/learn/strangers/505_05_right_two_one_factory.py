# exercise: 5
# right

import math


def rule(forward, *partials):
    def with_operands(*operands):
        local = [p(*operands) for p in partials]
        return forward(*operands), lambda g: tuple(g * x for x in local)

    return with_operands


neg_rule = rule(lambda a: -a, lambda a: -1)
sub_rule = rule(lambda a, b: a - b, lambda a, b: 1, lambda a, b: -1)
div_rule = rule(lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b**2)
pow_rule = rule(
    lambda a, b: a**b,
    lambda a, b: b * a ** (b - 1),
    lambda a, b: math.log(a) * a**b if a > 0 else 0.0,
)
rsub = rule(lambda a, b: b - a, lambda a, b: -1, lambda a, b: 1)
rdiv = rule(lambda a, b: b / a, lambda a, b: -b / a**2, lambda a, b: 1 / a)
