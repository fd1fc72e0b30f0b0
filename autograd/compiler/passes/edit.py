"""What the passes share: leaving instructions out, putting others in, and renumbering the registers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.program import Program
from autograd.util.arrays import Array

__all__ = ["NewInstructions", "compact", "rebuild", "segments", "with_constants"]


class NewInstructions(NamedTuple):
    """One-lane instructions to put in. positions: just before which old instruction.

    They write the registers of the old instructions whose place they take, or new ones past the last. counts: how many
    of ``operands``, which are written one instruction after the other, belong to each.
    """

    codes: Array
    counts: Array
    operands: Array
    registers: Array
    positions: Array


def segments(first: Array, chosen: Array) -> tuple[Array, Array]:
    """Where the operands of the chosen instructions are, one instruction after the other; and how many each has."""
    counts = first[chosen + 1] - first[chosen]
    ends = np.cumsum(counts)
    places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first[chosen] - (ends - counts), counts)
    return places, counts


def compact(program: Program, keep: Array, alias: Array | None = None) -> Program:
    """The program with the kept instructions. alias: for each register the one to read in its place."""
    kept = np.flatnonzero(keep)
    places, counts = segments(program.first, kept)
    renamed = np.full(int(program.starts[-1]), -1, np.int64)
    renamed[: program.leaves] = np.arange(program.leaves)
    stays = np.flatnonzero(np.repeat(keep, program.lanes)) + program.leaves
    renamed[stays] = program.leaves + np.arange(len(stays))
    if alias is not None:
        renamed = renamed[alias]
    return program.replace(
        codes=program.codes[kept],
        lanes=program.lanes[kept],
        first=np.concatenate([[0], np.cumsum(counts)]),
        operands=renamed[program.operands[places]].astype(np.int32),
        outputs=renamed[program.outputs],
        instruction_of=_moved(program, np.where(keep, np.cumsum(keep) - 1, -1), alias),
        shapes=program.shapes[kept] if len(program.shapes) else program.shapes,
    )


def _moved(program: Program, number: Array, alias: Array | None) -> Array:
    """Where each recorded operation is now. An instruction that stands for another's result is in that one."""
    if alias is not None:
        target = alias[program.starts[:-1]]
        owner = np.searchsorted(program.starts, target, side="right") - 1
        number = np.where(target < program.leaves, -1, number[owner])
    return np.append(number, -1)[program.instruction_of].astype(np.int32)


def rebuild(program: Program, keep: Array, new: NewInstructions, absorbed: Array) -> Program:
    """The program of one-lane instructions with some left out and others put in.

    absorbed: for each old instruction the register that now has, or includes, its result.
    """
    size, kept = len(program), np.flatnonzero(keep)
    places, counts = segments(program.first, kept)
    positions = np.concatenate([2 * kept + 1, 2 * new.positions])
    order = np.argsort(positions, kind="stable")
    codes = np.concatenate([program.codes[kept], new.codes])[order]
    all_counts = np.concatenate([counts, new.counts])
    first = np.concatenate([[0], np.cumsum(all_counts)])
    moved, sorted_counts = segments(first, order)
    registers = np.concatenate([program.leaves + kept, new.registers])[order]
    renamed = np.full(max(int(program.starts[-1]), int(registers.max(initial=0)) + 1), -1, np.int64)
    renamed[: program.leaves] = np.arange(program.leaves)
    renamed[registers] = program.leaves + np.arange(len(order))
    operands = np.concatenate([program.operands[places], new.operands])[moved]
    number = renamed[absorbed] - program.leaves if size else absorbed
    return program.replace(
        codes=codes.astype(np.int32),
        lanes=np.ones(len(order), np.int32),
        first=np.concatenate([[0], np.cumsum(sorted_counts)]),
        operands=renamed[operands].astype(np.int32),
        outputs=renamed[program.outputs],
        instruction_of=np.append(np.maximum(number, -1), -1)[program.instruction_of].astype(np.int32),
    )


def with_constants(program: Program, numbers: Array) -> tuple[Program, Array]:
    """The program with these constants too, and the registers where each is."""
    known = {(x, np.signbit(x)): i for i, x in enumerate(program.constants.tolist())}
    bits, place = np.unique(np.asarray(numbers, float).view(np.int64), return_inverse=True)  # −0.0 is not 0.0
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
    return grown, program.first_constant + where[place.ravel()]
