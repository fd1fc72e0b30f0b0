# exercise: 3
# expect: passed
# style: products over all paths
from fractions import Fraction
from math import prod

a, b = Fraction(2), Fraction(-3)
c = a * b
d = c + a

PATHS = {
    "out": [[]],
    "e": [[5]],
    "d": [[5, b]],
    "c": [[5, b, 1]],
    "a": [[5, b, 1], [5, b, 1, b]],
    "b": [[5, d], [5, b, 1, a]],
}
ANSWERS = {node: sum(prod(way) for way in ways) for node, ways in PATHS.items()}
