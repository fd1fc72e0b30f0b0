"""Replace a sum, product or maximum of one number by that number, and a dot product of one pair by its product."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import compact
from autograd.compiler.program import FOLDED_MAXIMUM, FOLDED_MINIMUM, Operation, Program
from autograd.table import RULES

__all__ = ["singles"]


_REDUCTIONS = (RULES["sum"], RULES["prod"], FOLDED_MAXIMUM, FOLDED_MINIMUM)


def singles(program: Program) -> Program:
    """Remove sums, products, maxima and minima of one number, and dot products of one pair.

    Needs one lane per instruction. Ensures that a sum has at least two terms, and a dot product at least two pairs.
    Before this pass, a sum of one term can be padded together with those of two and three (``ragged``).

    >>> import autograd
    >>> f = autograd.compile(lambda x: autograd.sum([x]) * 2.0 + autograd.dot([x], [3.0]), passes=())
    >>> _ = f(1.0)
    >>> print(f.programs[0])
    inputs      x  1
    constants   2.0, 3.0
    %3          sum  1   x[0]
    %4          mul  1   %3    2.0
    %5          dot  1   x[0]  3.0
    %6          add  1   %4    %5
    result      %6
    >>> print(singles(f.programs[0]))
    inputs      x  1
    constants   2.0, 3.0
    %3          mul  1   x[0]  2.0
    %4          mul  1   x[0]  3.0
    %5          add  1   %3    %4
    result      %5
    """
    return _sums(_dots(program))


def _dots(program: Program) -> Program:
    dots = [i for i, x in enumerate(program.operations) if x == Operation(RULES["dot"])]
    chosen = np.isin(program.codes, dots) & (program.counts == 2)
    if not chosen.any():
        return program
    times, operations = program.code(Operation(RULES["mul"]))
    return program.replace(operations=operations, codes=np.where(chosen, times, program.codes).astype(np.int32))


def _sums(program: Program) -> Program:
    single = [i for i, x in enumerate(program.operations) if x.rule in _REDUCTIONS and not x.stopped]
    chosen = np.flatnonzero(np.isin(program.codes, single) & (program.counts == 1))
    if not len(chosen):
        return program
    alias = np.arange(program.starts[-1])
    alias[program.leaves + chosen] = program.operands[program.first[chosen]]
    while (alias[alias] != alias).any():
        alias = alias[alias]
    keep = np.ones(len(program), bool)
    keep[chosen] = False
    return compact(program, keep, alias)
