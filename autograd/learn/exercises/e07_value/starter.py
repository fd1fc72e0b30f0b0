"""Exercise 7: a value that remembers how it was made.

    a = Value(2.0)
    y = 3 * a + a**2
    y.data          # 10.0
    y.parents       # the two values that were added
    y.pull(1.0)     # what add_rule's pull gives: (1.0, 1.0)

A Value holds data, grad (0.0 at first), parents and pull. One that you make yourself has no parents and no pull; one
that an operation makes keeps the operands as its parents - the very objects, not copies - and the pull that the rule
returned. Your rules of exercises 4 to 6 do the arithmetic; a plain number on either side becomes a Value.
"""

from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, rdiv, rsub, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        raise NotImplementedError

    # a + b calls a.__add__(b), and 3 + a calls a.__radd__(3). Write these and their like for
    #     -a     a + b     a - b     a * b     a / b     a ** b
    # and the methods exp, log, tanh, sigmoid and relu.

    def __add__(self, other):
        raise NotImplementedError
