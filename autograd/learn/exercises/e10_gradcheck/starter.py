"""Exercise 10: check gradients by nudging, and find the broken engines.

A claim is a function f of a list of numbers. It returns its value and what it believes to be its gradient:

    def f(xs):
        return xs[0] ** 2 * xs[1], [2 * xs[0] * xs[1], 3 * xs[0]]      # the second should be xs[0] ** 2

    gradcheck(f, [5.0, 4.0])      # [1]: the gradient by xs[1] is wrong
    gradcheck(f, [3.0, 4.0])      # []: here, by chance, both are right

Nudge each argument in turn and compare. A rounding error is not a mistake: the two numbers may differ by a ten-thousandth
of their size. Where the slope to the left and the slope to the right differ, as at the kink of relu, nothing is wrong.

An engine is a function too: engine(f, [2.0, 3.0]) computes f(a, b) with Values of its own and returns the value and the
gradient. Those Values have + - * /, ** with a number as the exponent, exp(), log(), tanh() and relu().

    engine(lambda a, b: a * b, [2.0, 3.0])      # (6.0, [3.0, 2.0]), if the engine is right

broken(engines) tries some functions of your choice. The check gives it five engines: three are broken, and two are right.
"""


def gradcheck(f, xs):
    """The list of the places in xs at which the gradient that f claims is wrong; [] where it is right."""
    raise NotImplementedError


def broken(engines):
    """The names of the broken ones among the engines, a dictionary from name to engine."""
    raise NotImplementedError
