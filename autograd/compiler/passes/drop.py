"""Dead-code removal: nothing is computed that the result does not need."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import compact, segments
from autograd.compiler.program import Program

__all__ = ["drop"]


def drop(program: Program) -> Program:
    """Keep only the instructions, constants and operations that the result needs.

    Needs a legal program. Ensures that every instruction's result is used, by an instruction or as an output, and that
    every constant is used, in order of size.

    >>> import autograd
    >>> f = autograd.compile(lambda x: x * 0.5 + 1.0, passes=())
    >>> _ = f(3.0)
    >>> program = f.programs[0]
    >>> print(drop(program.replace(outputs=program.outputs - 1)))
    inputs      x  1
    constants   0.5
    %2          mul  1   x[0]  0.5
    result      %2
    """
    program = _instructions(program)
    program = _constants(program)
    used, codes = np.unique(program.codes, return_inverse=True)
    return program.replace(operations=tuple(program.operations[i] for i in used), codes=codes.astype(np.int32))


def _instructions(program: Program) -> Program:
    owner = np.full(int(program.starts[-1]), -1)
    owner[program.leaves :] = np.repeat(np.arange(len(program)), program.lanes)
    uses = np.bincount(owner[program.operands] + 1, minlength=len(program) + 1)[1:]
    uses += np.bincount(owner[program.outputs] + 1, minlength=len(program) + 1)[1:]
    keep = np.ones(len(program), bool)
    dead = np.flatnonzero(uses == 0)
    while len(dead):
        keep[dead] = False
        positions, _ = segments(program.first, dead)
        freed, times = np.unique(owner[program.operands[positions]], return_counts=True)
        times, freed = times[freed >= 0], freed[freed >= 0]
        uses[freed] -= times
        dead = freed[uses[freed] == 0]
    return program if keep.all() else compact(program, keep)


def _constants(program: Program) -> Program:
    first = program.first_constant
    used = np.zeros(len(program.constants), bool)
    for registers in (program.operands, program.outputs):
        used[registers[program.is_constant(registers)] - first] = True
    order = np.argsort(program.constants, kind="stable")
    order = order[used[order]]
    renamed = np.arange(int(program.starts[-1])) - (len(program.constants) - len(order))
    renamed[:first] = np.arange(first)
    renamed[first + order] = first + np.arange(len(order))
    return program.replace(
        constants=program.constants[order],
        operands=renamed[program.operands].astype(np.int32),
        outputs=renamed[program.outputs],
    )
