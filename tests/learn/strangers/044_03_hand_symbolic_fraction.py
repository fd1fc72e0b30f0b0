# exercise: 3
# right

from fractions import Fraction as F


def f(a, b):
    return 5 * (a * b + a) * b


h = F(1, 1000)
ANSWERS = {
    "out": F(1),
    "e": F(5),
    "d": F(5 * -3),
    "c": F(5 * -3),
    "a": (f(F(2) + h, F(-3)) - f(F(2) - h, F(-3))) / (2 * h),
    "b": (f(F(2), F(-3) + h) - f(F(2), F(-3) - h)) / (2 * h),
}
