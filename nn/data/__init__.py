"""Data sets: generated ones, scikit-learn's digits and MNIST; and text: given names, a file's lines, and their tokens.

Each row of X is a sample; y has the labels or targets. Generated data are shuffled. The same seed gives the same data
set; without a seed every call gives a new one.
"""

from nn.data.generated import Array, circles, line, moons, spirals, xor
from nn.data.images import Labels, digits, mnist
from nn.data.text import Tokenizer, documents, names, sequences

__all__ = [
    "Array", "Labels", "Tokenizer", "circles", "digits", "documents", "line", "mnist", "moons", "names", "sequences",
    "spirals", "xor",
]  # fmt: skip
