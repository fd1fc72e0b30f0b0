"""Data sets: generated ones, scikit-learn's digits and MNIST. Each row of X is a sample; y has the labels or targets.

Generated data are shuffled. The same seed gives the same data set; without a seed every call gives a new one.
"""

from nn.data.generated import Array, circles, line, moons, spirals, xor
from nn.data.images import Labels, digits, mnist

__all__ = ["Array", "Labels", "circles", "digits", "line", "mnist", "moons", "spirals", "xor"]
