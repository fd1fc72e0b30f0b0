"""Levels: make independent operations of one kind the lanes of one instruction."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import packed, segments
from autograd.compiler.program import Program
from autograd.util.arrays import Array, grouped

__all__ = ["depths", "levels", "sorts"]


_MANY = 4
"""From so many operands on, reductions of what different operations computed are different instructions."""


def levels(program: Program) -> Program:
    """Put all operations of one kind at the same depth into one instruction.

    Operations are of one kind if they have the same rule, the same number of operands, and operands of the same sorts
    (input, parameter, constant, or computed, with or without inputs); long sums only need first terms from the same
    operation, and powers need the same constant exponent. The depth is the longest path from a leaf.
    Needs one lane per instruction. Ensures instructions in order of depth, and lanes in the order of recording.

    >>> import autograd
    >>> f = autograd.compile(lambda x, y: x.exp() * y.exp(), passes=())
    >>> _ = f(1.0, 2.0)
    >>> print(f.programs[0])
    inputs      x  1,  y  1
    %2          exp  1   x[0]
    %3          exp  1   y[0]
    %4          mul  1   %2    %3
    result      %4
    >>> print(levels(f.programs[0]))
    inputs      x  1,  y  1
    %2          exp  2   x[0], y[0]
    %4          mul  1   %2    %3
    result      %4
    """
    if not len(program):
        return program
    order, edges = grouped(depths(program), program.codes, program.counts, sorts(program))
    heads = np.flatnonzero(edges)
    places, counts = segments(program.first, order)
    renamed = np.arange(int(program.starts[-1]), dtype=np.int32)
    renamed[program.leaves + order] = program.leaves + np.arange(len(order))
    ends = np.concatenate([[0], np.cumsum(counts)])
    number = np.empty(len(order), np.int32)
    number[order] = np.cumsum(edges) - 1
    return program.replace(
        codes=program.codes[order[heads]],
        lanes=np.diff(np.append(heads, len(order))).astype(np.int32),
        first=ends[np.append(heads, len(order))],
        operands=renamed[program.operands[places]],
        outputs=renamed[program.outputs].astype(np.int64),
        instruction_of=np.append(number, np.int32(-1))[program.instruction_of],
    )


def depths(program: Program) -> Array:
    """The depth of each instruction."""
    deep, operands = packed(np.zeros(program.leaves)), packed(program.operands)
    one_or_two = (program.counts == 1) | (program.counts == 2)
    left, right = program.first[:-1], program.first[1:] - 1
    begin, end = packed(left), packed(right + 1)
    ends = (np.where(one_or_two, np.append(program.operands, -1)[place], -1) for place in (left, right))
    for i, (a, b) in enumerate(zip(*map(packed, ends), strict=True)):
        if a >= 0:
            one, other = deep[a], deep[b]
            deep.append((one if one > other else other) + 1)
        else:
            deep.append(max(map(deep.__getitem__, operands[begin[i] : end[i]]), default=0) + 1)
    return np.array(deep[program.leaves :], np.int32)


def sorts(program: Program) -> Array:
    """A number that tells operations apart by the sorts of their operands; of a sum or the like by the result's.

    Sums of many terms are told apart by what their first terms are, too: in one instruction they would be gathered.
    """
    batched = program.batched
    sort = np.where(batched, 3, 4)
    sort[: program.first_parameter] = 0
    sort[program.first_parameter : program.first_constant] = 1
    sort[program.first_constant : program.leaves] = 2
    few = np.array([not x.rule.sequences for x in program.operations])[program.codes]
    result = np.where(batched[program.leaves :], -1, -2).astype(np.int64)
    sorts = np.where(few, 0, result)
    for i in range(3):
        mine = np.flatnonzero(few & (program.counts > i))
        sorts[mine] = sorts[mine] * 5 + sort[program.operands[program.first[mine] + i]]
    many = np.flatnonzero(~few & (program.counts >= _MANY))
    heads = program.operands[program.first[many]] - program.leaves
    sorts[many] -= np.where(heads >= 0, 2 + 2 * program.codes[np.maximum(heads, 0)].astype(np.int64), 0)
    powers = np.array([x.rule.name == "pow" for x in program.operations])[program.codes]
    mine = np.flatnonzero(powers)
    exponents = program.operands[program.first[mine] + 1]
    sorts[mine] += np.where(sort[exponents] == 2, 1000 + 1000 * exponents.astype(np.int64), 0)
    return sorts
