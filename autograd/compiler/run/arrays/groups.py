"""A region: irregular instructions as groups of scalar operations, over one table that has a row for each of them.

Row r of the table is a register over the batch. First come the registers that the region reads from elsewhere, then its
groups, one after the other. A group reads rows wherever they are, and writes its own, which lie together. So a group
costs a few calls, however many operations it has, and an operation needs no memory but its rows and row numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.passes.edit import segments
from autograd.compiler.program import Operation, Program
from autograd.compiler.run.arrays.schedule import MOST_LANES, schedule
from autograd.compiler.run.row_templates import Template, template
from autograd.compiler.trace import signs
from autograd.table import RULES
from autograd.util.arrays import Array, distinct, grouped

__all__ = ["Group", "Region", "region"]


class Group(NamedTuple):
    """Operations of one kind. start: the row of the first; operands: (n, lanes) rows that they read.

    heads: the first row of an operand whose rows follow one another, −1 of another.
    constants: the number that an operand is in every lane. wanted: which operands may want a derivative. form: the
    rule's calls; None for sums and dot products, which have their own, and for rules that are called as they are.
    kept: the first row, among those that are kept, of what the derivatives need.
    """

    operation: Operation
    start: int
    operands: Array
    heads: list[int]
    constants: tuple[float | None, ...]
    wanted: tuple[bool, ...]
    form: Template | None
    kept: int

    @property
    def lanes(self) -> int:
        """How many operations it is."""
        return int(self.operands.shape[1])

    @property
    def reduces(self) -> bool:
        """Whether it is of sums or dot products."""
        return self.operation.rule in (RULES["sum"], RULES["dot"])


class Region(NamedTuple):
    """Groups over a table. imports: the registers its first rows copy; registers: those of the other rows.

    kept: how many rows are kept for derivatives, numbers and truth values apart; scratch: how many the largest group
    needs to gather and to compute in.
    """

    imports: Array
    registers: Array
    groups: list[Group]
    kept: int
    scratch: int

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.imports) + len(self.registers)


def region(program: Program, numbers: Array, active: Array) -> Region:
    """The region of these instructions, which follow one another. active: the registers a gradient flows through."""
    columns = _unrolled(program, numbers)
    local = np.full(int(program.starts[-1]), -1, np.int64)
    local[columns.registers] = 0
    imports = distinct(columns.operands[local[columns.operands] < 0])
    imports = imports[np.argsort(~program.batched[imports], kind="stable")]
    local[columns.registers] = len(imports) + np.arange(len(columns.registers))
    local[imports] = np.arange(len(imports))
    kinds = _kinds(program, columns, active)
    groups = schedule(kinds, columns.first, local[columns.operands], len(imports))
    order, lanes = np.concatenate(groups), np.array([len(group) for group in groups])
    registers = columns.registers[order]
    local[registers] = len(imports) + np.arange(len(registers))
    operands, heads = _blocks(columns, order, lanes, local)
    first = np.concatenate([[0], np.cumsum(lanes)[:-1]])
    builder = _Builder(program, columns, active, imports)
    table = zip(first.tolist(), lanes.tolist(), order[first].tolist(), kinds[order[first]].tolist(), strict=True)
    made = [builder.group(*entry, operands, heads) for entry in table]
    return Region(imports, registers, made, builder.kept, builder.scratch + MOST_LANES)


class _Columns(NamedTuple):
    """The scalar operations of a region: the register and code of each, and its part of ``operands``."""

    registers: Array
    codes: Array
    counts: Array
    first: Array
    operands: Array


def _unrolled(program: Program, numbers: Array) -> _Columns:
    """The lanes of some instructions, as operations. The operands of a lane are together already."""
    lanes = program.lanes[numbers]
    counts = np.repeat(program.counts[numbers] // lanes, lanes)
    places, _ = segments(program.first, numbers)
    return _Columns(
        registers=segments(program.starts, numbers)[0],
        codes=np.repeat(program.codes[numbers], lanes),
        counts=counts,
        first=np.concatenate([[0], np.cumsum(counts)]),
        operands=program.operands[places].astype(np.int64),
    )


def _kinds(program: Program, columns: _Columns, active: Array) -> Array:
    """A number for each operation, equal for those that may be in one group: the same operation on as many operands,
    of which the same ones are constant, and want a derivative; a power has the same constant exponent.
    """
    registers, codes, counts, first, operands = columns
    sort = np.where(active, 2, 0)
    sort[program.first_constant : program.leaves] = 1
    few = np.array([not x.rule.sequences for x in program.operations])[codes]
    kinds = np.where(few, 0, active[registers].astype(np.int64))
    for i in range(3):
        chosen = np.flatnonzero(few & (counts > i))
        kinds[chosen] = kinds[chosen] * 3 + sort[operands[first[chosen] + i]]
    powers = np.flatnonzero(np.array([x.rule.name == "pow" for x in program.operations])[codes])
    exponents = operands[first[powers] + 1]
    kinds[powers] += np.where(sort[exponents] == 1, 27 * (1 + exponents), 0)
    order, changes = grouped(codes, counts, kinds)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(changes) - 1
    return numbers


def _blocks(columns: _Columns, order: Array, lanes: Array, row: Array) -> tuple[Array, Array]:
    """The operands' rows, (operands, lanes) of one group after the other; and for each column, that is operand of a
    group, its first row if it is of rows that follow one another, −1 if not.
    """
    places, counts = segments(columns.first, order)
    group = np.repeat(np.arange(len(lanes)), lanes)
    width = counts[np.cumsum(lanes) - 1]
    begin = np.cumsum(lanes * width) - lanes * width
    lane = np.arange(len(order)) - np.repeat(np.cumsum(lanes) - lanes, lanes)
    column = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
    target = np.repeat(begin[group] + lane, counts) + column * np.repeat(lanes[group], counts)
    rows = np.empty(len(places), np.int64)
    rows[target] = row[columns.operands[places]]
    lengths = np.repeat(lanes, width)
    starts = np.cumsum(lengths) - lengths
    breaks = np.ones(len(rows), np.int64)
    breaks[1:] = np.diff(rows) != 1
    breaks[starts] = 0
    return rows, np.where(np.add.reduceat(breaks, starts) == 0, rows[starts], -1)


class _Builder:
    """Makes groups, in order, and counts the rows that they need beside their results."""

    def __init__(self, program: Program, columns: _Columns, active: Array, imports: Array) -> None:
        self.program, self.columns, self.active, self.imports = program, columns, active, imports
        self.kept, self.scratch, self.used, self.columns_used = 0, 0, 0, 0
        self.forms: dict[tuple[int, tuple[float | None, ...]], tuple[tuple[bool, ...], Template | None]] = {}

    def group(self, first: int, lanes: int, operation: int, kind: int, rows: Array, heads: Array) -> Group:
        """The next group: so many lanes from the ``first`` on, of which ``operation`` is one."""
        program, columns = self.program, self.columns
        count, code = int(columns.counts[operation]), program.operations[columns.codes[operation]]
        registers = columns.operands[columns.first[operation] : columns.first[operation + 1]]
        block = rows[self.used : self.used + count * lanes].reshape(count, lanes)
        constants = self._constants(code, registers, block)
        key = (kind, constants) if 0.0 not in constants else (kind, (*constants, *signs(constants)))
        if key not in self.forms:
            self.forms[key] = self._form(code, registers, constants)
        wanted, form = self.forms[key]
        group = Group(
            operation=code,
            start=len(self.imports) + first,
            operands=block,
            heads=heads[self.columns_used : self.columns_used + count].tolist(),
            constants=constants,
            wanted=wanted,
            form=form,
            kept=self.kept,
        )
        self.used += count * lanes
        self.columns_used += count
        self._count(group)
        return group

    def _form(
        self, operation: Operation, registers: Array, constants: tuple[float | None, ...]
    ) -> tuple[tuple[bool, ...], Template | None]:
        """Which operands want a derivative, and the rule's calls. Of a sequence either all do or none."""
        active = self.active[registers]
        if operation.rule.sequences:
            active[:] = active.any()
        wanted = tuple((active & (not operation.stopped)).tolist())
        reduces = operation.rule in (RULES["sum"], RULES["dot"])
        return wanted, None if reduces else template(operation.rule, constants, wanted)

    def _constants(self, operation: Operation, registers: Array, block: Array) -> tuple[float | None, ...]:
        program, first = self.program, self.program.first_constant
        if operation.rule.sequences or not program.is_constant(registers).any():
            return (None,) * len(registers)
        same = program.is_constant(registers) & (block == block[:, :1]).all(1)
        return tuple([float(program.constants[x - first]) if y else None for x, y in zip(registers, same, strict=True)])

    def _count(self, group: Group) -> None:
        count, lanes = len(group.operands), group.lanes
        if group.form is not None:
            self.kept += lanes * len(group.form.kept)
            self.scratch = max(self.scratch, lanes * (count + len(group.form.traced.calls) + 3))
        else:
            self.kept += 0 if group.reduces else lanes * sum(group.wanted)
            self.scratch = max(self.scratch, lanes * (2 * count + 3))
