"""The passes, in order. Each takes a program and returns one that computes the same."""

from __future__ import annotations

from collections.abc import Callable

from autograd.compiler.passes.dots import dots
from autograd.compiler.passes.drop import drop
from autograd.compiler.passes.flatten import flatten
from autograd.compiler.passes.fold import fold
from autograd.compiler.passes.levels import levels
from autograd.compiler.passes.matmul import matmul
from autograd.compiler.passes.ragged import ragged
from autograd.compiler.passes.share import share
from autograd.compiler.passes.singles import singles
from autograd.compiler.passes.softmax import softmax
from autograd.compiler.program import Program

__all__ = [
    "CAREFUL",
    "PASSES",
    "Pass",
    "dots",
    "drop",
    "flatten",
    "fold",
    "levels",
    "matmul",
    "ragged",
    "share",
    "singles",
    "softmax",
]

Pass = Callable[[Program], Program]

PASSES: tuple[Pass, ...] = (fold, share, flatten, dots, ragged, singles, drop, levels, softmax, matmul)
"""The passes that make a recorded program fast."""

CAREFUL: tuple[Pass, ...] = (drop, levels)
"""The passes that keep every operation as it was written, used when a result is not finite."""
