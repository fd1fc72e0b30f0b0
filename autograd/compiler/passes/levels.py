"""Levels: make independent operations of one kind the lanes of one instruction."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import segments
from autograd.compiler.program import Program
from autograd.util.arrays import Array

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
    depth, batched = depths(program)
    keys = [sorts(program, batched), program.counts, program.codes, depth]
    order = np.lexsort(keys)  # stable: the order of recording within a group
    edges = np.zeros(len(order), bool)
    for key in keys:
        edges[1:] |= key[order][1:] != key[order][:-1]
    edges[0] = True
    heads = np.flatnonzero(edges)
    places, counts = segments(program.first, order)
    renamed = np.arange(int(program.starts[-1]))
    renamed[program.leaves + order] = program.leaves + np.arange(len(order))
    ends = np.concatenate([[0], np.cumsum(counts)])
    group = np.cumsum(edges) - 1
    number = np.empty(len(order), np.int64)
    number[order] = group
    return program.replace(
        codes=program.codes[order[heads]],
        lanes=np.diff(np.append(heads, len(order))).astype(np.int32),
        first=ends[np.append(heads, len(order))],
        operands=renamed[program.operands[places]].astype(np.int32),
        outputs=renamed[program.outputs],
        instruction_of=np.append(number, -1)[program.instruction_of].astype(np.int32),
    )


def depths(program: Program) -> tuple[Array, Array]:
    """The depth of each instruction, and whether each register depends on an input."""
    deep = [0] * program.leaves
    wide = [True] * program.first_parameter + [False] * (program.leaves - program.first_parameter)
    operands, first = program.operands.tolist(), program.first.tolist()
    begin = 0
    for end in first[1:]:
        if end - begin == 2:
            a, b = operands[begin], operands[begin + 1]
            one, other = deep[a], deep[b]
            deep.append((one if one > other else other) + 1)
            wide.append(wide[a] or wide[b])
        elif end - begin == 1:
            a = operands[begin]
            deep.append(deep[a] + 1)
            wide.append(wide[a])
        else:
            mine = operands[begin:end]
            deep.append(max([deep[x] for x in mine]) + 1)
            wide.append(any(wide[x] for x in mine))
        begin = end
    return np.array(deep[program.leaves :], np.int32), np.array(wide, bool)


def sorts(program: Program, batched: Array) -> Array:
    """A number that tells operations apart by the sorts of their operands; of a sum or the like by the result's.

    Sums of many terms are told apart by what their first terms are, too: in one instruction they would be gathered.
    """
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
