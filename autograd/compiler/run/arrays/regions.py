"""Which instructions run as arrays, and which as regions: the cost model, and the order in which they run.

An instruction whose operands lie in even steps is a few NumPy calls, whatever its number of lanes. Where they do not,
each operand is gathered, and its gradient scattered to every instruction that it came from. In a region an operation
costs the same wherever its operands lie. The numbers are what was measured with 32 rows on one core.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.passes.edit import packed, segments
from autograd.compiler.program import Program
from autograd.compiler.run.arrays.views import common_steps
from autograd.core.picking import PICK, TABLE
from autograd.util.arrays import Array, distinct, stable_order

__all__ = [
    "ABSORBED",
    "ARRAY",
    "GATHER",
    "OPERAND",
    "REGION",
    "SCATTER",
    "Item",
    "items",
    "may_be_in_region",
    "one_one_off",
]

GATHER, SCATTER = 4.0, 12.0
"""µs for an operand that does not lie in even steps; and for each instruction that its lanes come from."""
ARRAY = 1.5
"""µs for an instruction as arrays, there and back, beside what its operands cost."""
OPERAND = 0.25
"""µs for an operand of an operation in a region, there and back."""
REGION = 40.0
"""µs for a region, beside its operations."""
ABSORBED = 50.0
"""µs that an instruction between two of a region may cost more in it: as arrays it would cut the region in two."""
_ROUNDS = 4
"""So many instructions one after the other may be absorbed."""
_LOOKED_AT = 8
"""So many instructions are looked at one by one, before all are in one go."""
_SURE = 16
"""With fewer lanes than this, an instruction whose steps change once is not looked at more closely."""


class Item(NamedTuple):
    """What runs next: one instruction as arrays, or several as a region."""

    numbers: Array
    is_region: bool


def items(program: Program) -> list[Item]:
    """All instructions, in an order in which they may run.

    Those that cost less by the operation are put together, as few regions as their operands allow; a region that saves
    less than it costs is undone. Linear in the number of operands, but for sorting them.
    """
    if not _may_save(program):
        return one_one_off(program)
    saving = _savings(program)
    scattered = _with_absorbed(program, saving)
    while scattered.any():
        phase = _phases(program, scattered)
        regions, place = np.unique(phase[scattered] * 2 + _is_batched(program)[scattered], return_inverse=True)
        gain = np.bincount(place, saving[scattered]) - REGION
        gain -= (GATHER + SCATTER) * _outside(program, np.flatnonzero(scattered), place, len(regions))
        if (gain > 0).all():
            return _ordered(program, phase, scattered)
        scattered[np.flatnonzero(scattered)[(gain <= 0)[place]]] = False
    return one_one_off(program)


def one_one_off(program: Program) -> list[Item]:
    """Each instruction as arrays, in its place."""
    everything = np.arange(len(program))
    return [Item(everything[i : i + 1], False) for i in everything]


def _may_save(program: Program) -> bool:
    """Whether to look at all: most programs are small, and each instruction in them lies in even steps."""
    wide = np.flatnonzero((program.lanes > 1) & may_be_in_region(program))
    return len(wide) > _LOOKED_AT or not all(_is_even(program[i].operands) for i in wide)


def _is_even(operands: Array) -> bool:
    return len(operands) < 2 or not (operands[1:] - operands[:-1] != operands[1] - operands[0]).any()


def _is_batched(program: Program) -> Array:
    return program.batched[program.starts[:-1]]


def _owners(program: Program) -> Array:
    """For each register the instruction that computes it; −1 for the inputs, −2 for parameters, −3 for constants."""
    owner = np.full(int(program.starts[-1]), -1)
    owner[program.first_parameter : program.first_constant] = -2
    owner[program.first_constant : program.leaves] = -3
    owner[program.leaves :] = np.repeat(np.arange(len(program)), program.lanes)
    return owner


def _savings(program: Program) -> Array:
    """µs that each instruction costs more as arrays than as operations of a region; −∞ where it cannot be in one."""
    sources, uneven = _columns(program)
    able = may_be_in_region(program)
    saving = ARRAY + GATHER * uneven + SCATTER * sources - OPERAND * program.counts
    for i in np.flatnonzero((saving > 0) & (uneven > 0) & able & (program.lanes >= _SURE)):
        instruction = program[i]
        one = instruction.operation.rule.sequences
        if common_steps([instruction.operands.ravel()] if one else list(instruction.operands.T)) is not None:
            uneven[i], saving[i] = 0, ARRAY - OPERAND * program.counts[i]
    saving[uneven == 0] = np.minimum(saving[uneven == 0], 0.0)
    saving[~able] = -np.inf
    return saving


def may_be_in_region(program: Program) -> Array:
    """Which instructions are of rules on numbers: of the table, or a user's own."""
    rules = [x.rule for x in program.operations]
    allowed = np.array([x.function is not None and x not in (PICK, TABLE) for x in rules], bool)
    return allowed[program.codes] & (program.counts > 0)


def _with_absorbed(program: Program, saving: Array) -> Array:
    """The instructions that cost less in a region, and those between them."""
    scattered = saving > 0
    reader = np.repeat(np.arange(len(program)), program.counts)
    producer = _owners(program)[program.operands]
    reader, producer = reader[producer >= 0], producer[producer >= 0]
    if not scattered.any():
        return scattered
    able, after, before = saving > -ABSORBED, scattered.copy(), scattered.copy()
    for _ in range(_ROUNDS):
        after[reader[after[producer]]] = True
        before[producer[before[reader]]] = True
        after &= able
        before &= able
    return scattered | (after & before)


def _columns(program: Program) -> tuple[Array, Array]:
    """For each instruction: how many instructions the lanes of its uneven operands come from; and how many of its
    operands are uneven, which means that their lanes do not lie in even steps.
    """
    size = len(program)
    if not len(program.operands):
        return np.zeros(size, np.int64), np.zeros(size, np.int64)
    key, registers = _by_operand(program)
    owner = _owners(program)[registers]
    together = key[1:] == key[:-1]
    step = np.diff(registers)
    changed = np.zeros(len(key), bool)
    changed[2:] = (step[1:] != step[:-1]) & together[1:] & together[:-1]
    changed[1:] |= (owner[1:] != owner[:-1]) & together
    first = np.flatnonzero(np.concatenate([[True], ~together]))
    uneven = np.logical_or.reduceat(changed, first)
    inside = np.repeat(uneven, np.diff(np.append(first, len(key))))
    pairs = distinct(key[inside] * (size + 3) + owner[inside] + 3)
    return np.bincount(pairs // (4 * (size + 3)), minlength=size), np.bincount(key[first[uneven]] // 4, minlength=size)


def _by_operand(program: Program) -> tuple[Array, Array]:
    """The registers that each instruction reads, all lanes of its first operand before those of its second; and for
    each of them 4 · instruction + operand. A sum's terms are one operand, factors two; and so is all that is read by an
    instruction which cannot be in a region.
    """
    able = may_be_in_region(program)
    operands = np.where(able, np.array([len(x.rule.operands) for x in program.operations])[program.codes], 1)
    lanes = np.where(able, program.lanes, 1)
    single = np.array([not x.rule.sequences for x in program.operations])[program.codes] & able
    width = np.where(single, 1, program.counts // lanes // operands)
    number = np.repeat(np.arange(len(program)), program.counts)
    place = np.arange(len(program.operands)) - program.first[number]
    rest, inside = np.divmod(place, np.maximum(width, 1)[number])
    lane, operand = np.divmod(rest, operands[number])
    target = program.first[number] + (operand * lanes[number] + lane) * width[number] + inside
    registers, key = np.empty((2, len(place)), np.int64)
    registers[target], key[target] = program.operands, 4 * number + operand
    return key, registers


def _phases(program: Program, scattered: Array) -> Array:
    """The phase of each instruction: it begins anew where what is read is a region and the reader is none, or is one of
    another kind. All of one kind in one phase may run together.
    """
    size, kind = len(program), np.where(scattered, 1 + _is_batched(program), 0)
    owner, ends = packed(_owners(program)[program.operands]), program.first[1:].tolist()
    earliest = [packed(np.zeros(size + 3)) for _ in range(3)]  # by the reader's kind; the last three are the leaves'
    begin = 0
    for i, own in enumerate(kind.tolist()):
        phase = max(map(earliest[own].__getitem__, owner[begin : ends[i]]), default=0)
        begin = ends[i]
        for other, phases in enumerate(earliest):
            phases[i] = phase + (own != other)
    return np.choose(kind, np.array(earliest)[:, :size])


def _outside(program: Program, numbers: Array, place: Array, size: int) -> Array:
    """How many instructions each region reads from; all inputs are one, and so are parameters and constants."""
    places, counts = segments(program.first, numbers)
    producer = _owners(program)[program.operands[places]]
    reader = np.repeat(place, counts)
    region_of = np.full(len(program) + 3, -1)
    region_of[numbers] = place
    outside = region_of[producer] != reader
    pairs = distinct(reader[outside] * (len(program) + 3) + producer[outside] + 3)
    return np.bincount(pairs // (len(program) + 3), minlength=size)


def _ordered(program: Program, phase: Array, scattered: Array) -> list[Item]:
    kind = np.where(scattered, 1 + _is_batched(program), 0)
    order = stable_order(phase, kind)
    result = []
    changes = np.flatnonzero((np.diff(phase[order]) != 0) | (np.diff(kind[order]) != 0)) + 1
    for run in np.split(order, changes):
        result += [Item(run, True)] if scattered[run[0]] else [Item(run[i : i + 1], False) for i in range(len(run))]
    return result
