"""Rows of registers of several lengths, made as long as the longest: what would be in the gaps, and the new program."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from autograd.compiler.program import Operation, Program
from autograd.table import RULES, Rule
from autograd.util.arrays import Array, distinct

__all__ = ["Rectangles"]

_MOST_OPERANDS = 512
"""Of an operation that is computed in gaps, too: a query times a key has two for each of their numbers."""


class _Filled(NamedTuple):
    """Registers (rows, width) without gaps. known: the number that all gaps hold, or None.

    cells: whether they are a rectangle's, computed for each row and column.
    """

    registers: Array
    known: float | None
    cells: bool = False


class _Rectangle(NamedTuple):
    """Cells (rows, width), ``real`` where they were recorded; known: the number that all gaps hold.

    They come at one level of the program, right after the recorded instructions ``positions``, there by ``ranks``.
    """

    registers: Array
    real: Array
    known: float | None
    level: int
    positions: Array
    ranks: Array


class _Block(NamedTuple):
    """New instructions of one operation, an operand a column, and where they come: as of a rectangle's cells."""

    operation: Operation
    operands: Array
    registers: Array
    level: int
    positions: Array
    ranks: Array


_LEVELS = 4
"""Levels of a program for each step of depth: what is recorded, and after it at most three masks."""


class Rectangles:
    """A program whose ragged reductions are being padded. constants: the registers of −0.0, 0.0, 1.0, −∞ and ∞."""

    def __init__(self, program: Program, depth: Array, constants: Array) -> None:
        self.program, self.depth = program, depth
        numbers = (-0.0, 0.0, 1.0, -math.inf, math.inf)
        self.constant_of = {(x, math.copysign(1.0, x)): int(c) for x, c in zip(numbers, constants, strict=True)}
        self.rectangles: list[_Rectangle] = []
        self.blocks: list[_Block] = []
        self.padded: list[tuple[Array, Operation, Array]] = []
        self.next_register = int(program.starts[-1])
        self.alias = np.arange(self.next_register)
        self.cell_of = np.full((3, self.next_register), -1)  # of a register the rectangle, row and column it is in

    def constant(self, number: float) -> int:
        """The register of one of the constants."""
        return self.constant_of[number, math.copysign(1.0, number)]

    # ── what is in the gaps ─────────────────────────────────────────────────────────────────────────────────────────

    def filled(self, terms: Array, real: Array, identity: float) -> Array:
        """The terms (rows, width), and in the gaps (not ``real``) what changes nothing in the reduction."""
        whole = self._whole(terms, real)
        if whole is not None and whole.cells and whole.known != identity and self._mask(whole, identity):
            whole = self._whole(terms, real)
        if whole is not None and whole.known == identity:
            return whole.registers
        return np.where(real, self.alias[terms], self.constant(identity))

    def filled_pairs(self, left: Array, right: Array, real: Array) -> list[Array]:
        """The same for the pairs of a dot product, of which one number at least is 0 in each gap."""
        sides = [left, right]
        wholes = [self._whole(side, real) for side in sides]
        if not any(x is not None and x.known == 0.0 for x in wholes):
            masked = next((i for i, x in enumerate(wholes) if x is not None and x.cells and self._mask(x, 0.0)), None)
            if masked is None:
                zero = 0 if wholes[0] is None or wholes[1] is not None else 1
                wholes[zero] = _Filled(np.where(real, self.alias[sides[zero]], self.constant(0.0)), 0.0)
            else:
                wholes = [self._whole(side, real) for side in sides]
        return [
            np.where(real, self.alias[side], self.constant(0.0)) if whole is None else whole.registers
            for side, whole in zip(sides, wholes, strict=True)
        ]

    def _whole(self, terms: Array, real: Array) -> _Filled | None:
        """The rows with what would be in their gaps; None where that cannot be told from the other rows."""
        terms = np.where(real, self.alias[terms], 0)
        for fill in (self._repeated, self._known_cells, self._continued, self._computed):
            whole = fill(terms, real)
            if whole is not None:
                return whole
        return None

    def _repeated(self, terms: Array, real: Array) -> _Filled | None:
        """One register in all of a row."""
        if ((terms != terms[:, :1]) & real).any():
            return None
        head = terms[:, 0]
        known = None
        if (head == head[0]).all() and self.program.is_constant(head[:1])[0]:
            known = float(self.program.constants[head[0] - self.program.first_constant])
        return _Filled(np.broadcast_to(terms[:, :1], terms.shape), known)

    def _known_cells(self, terms: Array, real: Array) -> _Filled | None:
        """Rows of a rectangle that was filled before."""
        number, row, column = self.cell_of[:, terms]
        if number[0, 0] < 0 or ((number != number[0, 0]) & real).any():
            return None
        columns = np.broadcast_to(np.arange(terms.shape[1]), terms.shape)
        if (((column != columns) | (row != row[:, :1])) & real).any():
            return None
        rectangle = self.rectangles[number[0, 0]]
        if rectangle.registers.shape[1] < terms.shape[1]:
            return None
        rows = rectangle.registers[row[:, 0], : terms.shape[1]]
        alike = (rectangle.real[row[:, 0], : terms.shape[1]] == real).all()
        return _Filled(rows, rectangle.known if alike else None, bool(alike))

    def _continued(self, terms: Array, real: Array) -> _Filled | None:
        """Rows that begin as a whole one does."""
        lengths = real.sum(axis=1)
        order = np.lexsort([lengths, terms[:, 0]])
        last = np.append(np.diff(terms[order, 0]) != 0, True)
        longest = order[np.flatnonzero(last)]
        whole = np.empty(len(terms), np.int64)
        whole[order] = longest[np.cumsum(last) - last]
        if (lengths[longest] < terms.shape[1]).any() or ((terms != terms[whole]) & real).any():
            return None
        return _Filled(terms[whole], None)

    def _computed(self, terms: Array, real: Array) -> _Filled | None:
        """Terms that one operation computes, of operands whose gaps can be filled; distinct rows once."""
        rows = _distinct_rows(terms, real)
        if rows is None:
            return None
        chosen, row_of = rows
        terms, real = terms[chosen], real[chosen]
        registers = terms[real]
        program, numbers = self.program, registers - self.program.leaves
        if numbers.min() < 0 or registers.max() >= program.starts[-1] or len(distinct(registers)) < len(registers):
            return None
        counts, codes = program.counts[numbers], program.codes[numbers]
        if np.ptp(codes) or np.ptp(counts) or not 0 < counts[0] <= _MOST_OPERANDS or (~real).sum() == 0:
            return None
        operands, known = [], []
        for place in range(int(counts[0])):
            column = np.zeros(terms.shape, np.int64)
            column[real] = program.operands[program.first[numbers] + place]
            whole = self._whole(column, real)
            if whole is None:
                return None
            operands.append(whole.registers[~real])
            known.append(whole.known)
        operation = program.operations[codes[0]]
        number = _known_result(operation.rule, known)
        rectangle = self._computed_in_gaps(operation, terms, real, np.stack(operands, axis=1), number)
        return _Filled(rectangle.registers[row_of], number, True)

    # ── new instructions ────────────────────────────────────────────────────────────────────────────────────────────

    def _computed_in_gaps(
        self, operation: Operation, terms: Array, real: Array, operands: Array, known: float | None
    ) -> _Rectangle:
        """The terms, and the same operation on these operands in the gaps."""
        numbers = terms - self.program.leaves
        ends = numbers[np.arange(len(terms)), real.sum(axis=1) - 1]
        positions = np.where(real, numbers, ends[:, None])
        ranks = np.where(real, 0, 1 + np.arange(terms.shape[1]))
        level = _LEVELS * int(self.depth[numbers[real]].max())
        whole = terms.copy()
        whole[~real] = self._add(operation, operands, level, positions[~real], ranks[~real])
        return self._keep(_Rectangle(whole, real, known, level, positions, ranks))

    def _add(self, operation: Operation, operands: Array, level: int, positions: Array, ranks: Array) -> Array:
        registers = self.next_register + np.arange(len(operands))
        self.next_register += len(operands)
        self.blocks.append(_Block(operation, operands, registers, level, positions, ranks))
        if self.next_register > len(self.alias):  # room for as many again, so that growing is linear
            more = 2 * self.next_register - len(self.alias)
            self.alias = np.concatenate([self.alias, len(self.alias) + np.arange(more)])
            self.cell_of = np.concatenate([self.cell_of, np.full((3, more), -1)], axis=1)
        return registers

    def _keep(self, rectangle: _Rectangle) -> _Rectangle:
        rows, columns = np.indices(rectangle.real.shape)
        number = np.full(rectangle.real.shape, len(self.rectangles))
        self.cell_of[:, rectangle.registers] = np.stack([number, rows, columns])
        self.rectangles.append(rectangle)
        return rectangle

    def _mask(self, whole: _Filled, identity: float) -> bool:
        """Put the identity into the gaps of a rectangle: + 0 or ∓∞, or times 1 or 0. Whether that can be done.

        Whatever used the cells uses the masked ones from then on.
        """
        old = self.rectangles[int(self.cell_of[0, whole.registers[0, 0]])]
        if identity not in (0.0, math.inf, -math.inf) or not math.isfinite(old.known or 0.0):
            return False
        rule, neutral, gap = ("mul", 1.0, 0.0) if identity == 0.0 else ("add", 0.0, identity)
        if old.level % _LEVELS == _LEVELS - 1:
            return False
        mask = np.where(old.real, self.constant(neutral), self.constant(gap))
        operands = np.stack([old.registers.ravel(), mask.ravel()], axis=1)
        level, positions, ranks = old.level + 1, old.positions, old.ranks
        masked = self._add(Operation(RULES[rule]), operands, level, positions.ravel(), ranks.ravel())
        masked = masked.reshape(mask.shape)
        self._keep(_Rectangle(masked, old.real, gap, level, positions, ranks))
        self.alias[old.registers[old.real]] = masked[old.real]
        return True

    def replace(self, numbers: Array, operation: Operation, operands: Array) -> None:
        """Let these recorded instructions be this operation on these operands, a row each."""
        self.padded.append((numbers, operation, operands))

    # ── the new program ─────────────────────────────────────────────────────────────────────────────────────────────

    def assembled(self) -> Program:
        """The program with the padded reductions and the new instructions, in order of depth."""
        program = self.program
        size = len(program)
        operations = list(program.operations)
        codes, counts = program.codes.copy(), program.counts.copy()
        kept = np.ones(size, bool)
        for numbers, operation, operands in self.padded:
            codes[numbers], counts[numbers] = _code(operations, operation), operands.shape[1]
            kept[numbers] = False
        places = np.repeat(kept, program.counts)
        flat = [self.alias[program.operands[places]], *(x.ravel() for _, _, x in self.padded)]
        owner = [np.repeat(np.arange(size), program.counts)[places]]
        owner += [np.repeat(numbers, operands.shape[1]) for numbers, _, operands in self.padded]
        level, position, rank = [_LEVELS * self.depth], [np.arange(size)], [np.zeros(size, np.int64)]
        all_codes, all_counts, registers = [codes], [counts], [program.leaves + np.arange(size)]
        for block in self.blocks:
            number, width = block.operands.shape
            owner.append(np.repeat(size + np.arange(number), width))
            size += number
            flat.append(block.operands.ravel())
            all_codes.append(np.full(number, _code(operations, block.operation)))
            all_counts.append(np.full(number, width))
            level.append(np.full(number, block.level))
            position.append(block.positions)
            rank.append(block.ranks)
            registers.append(block.registers)
        order = np.lexsort([np.concatenate(x) for x in (rank, position, level)])
        return _ordered(
            program.replace(operations=tuple(operations)), order, np.concatenate(all_codes), np.concatenate(all_counts),
            np.concatenate(owner), np.concatenate(flat), np.concatenate(registers), self.alias,
        )  # fmt: skip


def _ordered(
    program: Program,
    order: Array,
    codes: Array,
    counts: Array,
    owner: Array,
    operands: Array,
    registers: Array,
    alias: Array,
) -> Program:
    """The program of instructions that are given in any order, in this one. owner: the instruction of each operand."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    renamed = np.arange(int(registers.max(initial=0)) + 1)
    renamed[registers] = program.leaves + place
    sorted_operands = operands[np.argsort(place[owner], kind="stable")]
    outputs = alias[program.outputs]
    return program.replace(
        codes=codes[order].astype(np.int32),
        lanes=np.ones(len(order), np.int32),
        first=np.concatenate([[0], np.cumsum(counts[order])]),
        operands=renamed[sorted_operands].astype(np.int32),
        outputs=renamed[outputs],
        instruction_of=np.append(place[: len(program)], -1)[program.instruction_of].astype(np.int32),
    )


def _code(operations: list[Operation], operation: Operation) -> int:
    if operation not in operations:
        operations.append(operation)
    return operations.index(operation)


def _distinct_rows(terms: Array, real: Array) -> tuple[Array, Array] | None:
    """The first of the rows that are equal, and for each row which of those it is; None where rows begin alike only."""
    _, chosen, row_of = np.unique(terms[:, 0], return_index=True, return_inverse=True)
    order = np.argsort(chosen, kind="stable")  # in the order of recording
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    chosen, row_of = chosen[order], rank[row_of]
    alike = (real[chosen][row_of] == real).all() and not ((terms[chosen][row_of] != terms) & real).any()
    return (chosen, row_of) if alike else None


_ZEROS, _INFINITIES = (0.0,), (math.inf, -math.inf)
_ABSORBING: dict[str, tuple[tuple[tuple[float, ...], float], ...]] = {
    "add": ((_INFINITIES, 1.0), (_INFINITIES, 1.0)),
    "sub": ((_INFINITIES, 1.0), (_INFINITIES, -1.0)),
    "mul": ((_ZEROS, 1.0), (_ZEROS, 1.0)),
    "truediv": ((_ZEROS, 1.0), ((), 1.0)),
    "log_share": (((-math.inf,), 1.0), ((), 1.0)),  # rest is above 0
    "logical_and": ((_ZEROS, 1.0), (_ZEROS, 1.0)),
    "logical_or": (((1.0,), 1.0), ((1.0,), 1.0)),
}
"""For each operand the numbers that decide the result, whatever finite number the other is, and their factor in it."""


def _known_result(rule: Rule, known: list[float | None]) -> float | None:
    """The number that an operation gives whatever its unknown operands are, as long as they are finite; or None.

    Where they are not, it gives this number or nan.
    """
    numbers = [x for x in known if x is not None]
    if len(numbers) == len(known):
        return float(rule.evaluate(numbers, [False] * len(known))[0])
    if rule is RULES["where"] and known[0] is not None:
        return known[1] if known[0] else known[2]
    if rule.builtin:
        for x, (deciding, factor) in zip(known, _ABSORBING.get(rule.name, ()), strict=False):
            if x is not None and x in deciding:
                return x * factor
    return None
