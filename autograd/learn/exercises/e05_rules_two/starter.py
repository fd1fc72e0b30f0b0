"""Exercise 5: rules for the other operators.

As in exercise 4, a rule gives the value and a function pull(g), which gives one gradient for each operand.

    out, pull = sub_rule(5.0, 3.0)
    out            # 2.0
    pull(1.0)      # (∂out/∂a, ∂out/∂b), each times what arrives, here 1

The last two are for a number on the left, as in 1 - a: Python then calls a's method, and a comes first.

    out, pull = rsub(4.0, 1.0)      # a = 4, other = 1
    out                             # 1 - 4, which is -3.0
    pull(1.0)                       # (∂out/∂a, ∂out/∂other): in the order of the arguments
"""


def neg_rule(a):
    """(-a, pull): pull(g) holds one gradient, as in (5.0,)."""
    raise NotImplementedError


def sub_rule(a, b):
    """(a - b, pull)."""
    raise NotImplementedError


def div_rule(a, b):
    """(a / b, pull)."""
    raise NotImplementedError


def pow_rule(a, b):
    """(a ** b, pull): base and exponent are both inputs, and pull(g) is a pair.

    The base is positive, or the exponent a whole number such as 3. Where the base is not positive, the logarithm
    does not exist: give 0.0 as the gradient of the exponent there.
    """
    raise NotImplementedError


def rsub(a, other):
    """(other - a, pull): pull(g) is the pair of gradients of a and other."""
    raise NotImplementedError


def rdiv(a, other):
    """(other / a, pull): pull(g) is the pair of gradients of a and other."""
    raise NotImplementedError
