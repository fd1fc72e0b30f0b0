"""Editing shared by the passes: remove instructions, insert others, and renumber the registers."""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from autograd.compiler.program import Program
from autograd.util.arrays import Array

__all__ = ["NewInstructions", "compact", "packed", "ranges", "rebuild", "segments", "with_constants"]


class NewInstructions(NamedTuple):
    """One-lane instructions to insert.

    They write the registers of the old instructions they replace, or new registers after the last.

    codes: the operation of each.
    counts: how many of ``operands`` belong to each.
    operands: the operands of all instructions, end to end.
    registers: the register that each writes.
    positions: the old instruction before which each is inserted.
    """

    codes: Array
    counts: Array
    operands: Array
    registers: Array
    positions: Array


def segments(first: Array, chosen: Array) -> tuple[Array, Array]:
    """Return the positions of the chosen instructions' operands, end to end, and how many each has."""
    counts = first[chosen + 1] - first[chosen]
    return ranges(first[chosen], counts), counts


def ranges(starts: Array, lengths: Array) -> Array:
    """Return starts[0], starts[0] + 1 … (``lengths[0]`` numbers), then those from starts[1] on, and so on."""
    ends = np.cumsum(lengths)
    numbers = np.arange(ends[-1] if len(ends) else 0)
    numbers += np.repeat(starts - (ends - lengths), lengths)
    return numbers


def packed(numbers: Array) -> array[int]:
    """Return whole numbers for a loop in Python, four bytes each: a list takes nine times as much, and in a program of
    millions of operations is slower, because what it refers to is all over memory.
    """
    return array("i", np.ascontiguousarray(numbers, np.int32).tobytes())


def compact(program: Program, keep: Array, alias: Array | None = None) -> Program:
    """Return the program with only some instructions.

    keep: for each instruction, whether it stays.
    alias: for each register, the one to read instead.
    """
    remaining = np.flatnonzero(keep)
    renamed = np.full(int(program.starts[-1]), -1, np.int32)
    renamed[: program.leaves] = np.arange(program.leaves)
    stays = np.flatnonzero(np.repeat(keep, program.lanes)) + program.leaves
    renamed[stays] = program.leaves + np.arange(len(stays))
    if alias is not None:
        renamed = renamed[alias]
    return program.replace(
        codes=program.codes[remaining],
        lanes=program.lanes[remaining],
        first=np.concatenate([[0], np.cumsum(program.counts[remaining])]),
        operands=renamed[program.operands[np.repeat(keep, program.counts)]],
        outputs=renamed[program.outputs].astype(np.int64),
        instruction_of=_moved(program, np.where(keep, np.cumsum(keep) - 1, -1), alias),
        shapes=program.shapes[remaining] if len(program.shapes) else program.shapes,
    )


def _moved(program: Program, number: Array, alias: Array | None) -> Array:
    """Each recorded operation's new instruction. One that reads another's result instead belongs to that one."""
    if alias is not None:
        target = alias[program.starts[:-1]]
        owner = np.searchsorted(program.starts, target, side="right") - 1
        number = np.where(target < program.leaves, -1, number[owner])
    return np.append(number, -1)[program.instruction_of].astype(np.int32)


def rebuild(program: Program, keep: Array, new: NewInstructions, absorbed: Array) -> Program:
    """Return a program of one-lane instructions with some removed and others inserted.

    keep: for each old instruction, whether it stays.
    new: the instructions to insert.
    absorbed: for each old instruction, the register that now holds or includes its result.
    """
    order = np.argsort(new.positions, kind="stable")
    is_new = np.zeros(int(keep.sum()) + len(order), bool)
    is_new[(np.cumsum(keep) - keep)[new.positions[order]] + np.arange(len(order))] = True
    codes = np.empty(len(is_new), np.int32)
    counts, registers = np.empty((2, len(is_new)), np.int64)
    codes[~is_new], codes[is_new] = program.codes[keep], new.codes[order]
    counts[~is_new], counts[is_new] = program.counts[keep], new.counts[order]
    registers[~is_new], registers[is_new] = program.leaves + np.flatnonzero(keep), new.registers[order]
    renamed = np.full(max(int(program.starts[-1]), int(registers.max(initial=0)) + 1), -1, np.int32)
    renamed[: program.leaves] = np.arange(program.leaves)
    renamed[registers] = program.leaves + np.arange(len(registers))
    inside = np.repeat(is_new, counts)
    operands = np.empty(len(inside), np.int32)
    operands[~inside] = renamed[program.operands[np.repeat(keep, program.counts)]]
    moved, _ = segments(np.concatenate([[0], np.cumsum(new.counts)]), order)
    operands[inside] = renamed[new.operands[moved]]
    return program.replace(
        codes=codes,
        lanes=np.ones(len(codes), np.int32),
        first=np.concatenate([[0], np.cumsum(counts)]),
        operands=operands,
        outputs=renamed[program.outputs].astype(np.int64),
        instruction_of=np.append(np.maximum(renamed[absorbed] - program.leaves, -1), -1)[program.instruction_of].astype(
            np.int32
        ),
    )


def with_constants(program: Program, numbers: Array) -> tuple[Program, Array]:
    """Add these constants to the program, and return each one's register."""
    known = {(x, np.signbit(x)): i for i, x in enumerate(program.constants.tolist())}
    bits, inverse = np.unique(np.asarray(numbers, float).view(np.int64), return_inverse=True)  # −0.0 is not 0.0
    distinct = bits.view(np.float64)
    missing = [x for x in distinct.tolist() if (x, np.signbit(x)) not in known]
    for x in missing:
        known[x, np.signbit(x)] = len(known)
    where = np.array([known[x, np.signbit(x)] for x in distinct.tolist()], np.int64)
    shift = len(missing)
    grown = program.replace(
        constants=np.concatenate([program.constants, np.array(missing, float)]),
        operands=np.where(program.operands >= program.leaves, program.operands + shift, program.operands),
        outputs=np.where(program.outputs >= program.leaves, program.outputs + shift, program.outputs),
    )
    return grown, program.first_constant + where[inverse.ravel()]
