"""Common subexpressions: the same operation on the same operands is computed once."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import compact
from autograd.compiler.program import Program
from autograd.util.arrays import Array

__all__ = ["share"]


def share(program: Program) -> Program:
    """Compute each operation on the same operands only once.

    Needs one lane per instruction. Ensures that no two instructions have the same operation and the same operands.

    >>> import autograd
    >>> f = autograd.compile(lambda x: autograd.exp(x) * autograd.exp(x), passes=())
    >>> _ = f(3.0)
    >>> print(f.programs[0])
    inputs      x  1
    %1          exp  1   x[0]
    %2          exp  1   x[0]
    %3          mul  1   %1    %2
    result      %3
    >>> print(share(f.programs[0]))
    inputs      x  1
    %1          exp  1   x[0]
    %2          mul  1   %1    %1
    result      %2
    """
    if not _may_repeat(program):
        return program
    first, operands, codes = program.first.tolist(), program.operands.tolist(), program.codes.tolist()
    alias = list(range(int(program.starts[-1])))
    keep = np.ones(len(program), bool)
    seen: dict[tuple[int, ...], int] = {}
    for i in range(len(program)):
        key = (codes[i], *[alias[x] for x in operands[first[i] : first[i + 1]]])
        register = program.leaves + i
        known = seen.setdefault(key, register)
        if known != register:
            alias[register] = known
            keep[i] = False
    return compact(program, keep, np.array(alias))


def _may_repeat(program: Program) -> bool:
    """Whether any two instructions are equal now. If none are, sharing cannot make any equal."""
    if len(program) < 2:
        return False
    hashes = _hashes(program)
    hashes.sort()
    return bool((hashes[1:] == hashes[:-1]).any())


def _hashes(program: Program) -> Array:
    """A 64-bit hash for each instruction; equal instructions have equal hashes."""
    odd = np.uint64(0x9E3779B97F4A7C15)
    position = np.arange(len(program.operands), dtype=np.uint64)
    position -= np.repeat(program.first[:-1], program.counts).astype(np.uint64)
    mixed = (program.operands.astype(np.uint64) + np.uint64(1)) * odd
    mixed ^= mixed >> np.uint64(29)
    mixed *= position * np.uint64(2) + np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    sums = np.add.reduceat(mixed, program.first[:-1]) if len(mixed) else np.zeros(len(program), np.uint64)
    sums[program.counts == 0] = 0
    return sums * odd + program.codes.astype(np.uint64)
