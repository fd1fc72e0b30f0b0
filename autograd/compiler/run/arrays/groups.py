"""A region: irregular instructions as groups of scalar operations, over one table that has a row for each of them.

Row r of the table is a register over the batch. First come the registers that the region reads from elsewhere, then its
groups, one after the other. A group reads rows wherever they are, and writes its own, which lie together. So a group
costs a few calls, however many operations it has, and an operation needs no memory but its rows and row numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.program import Operation, Program
from autograd.compiler.run.arrays.schedule import MOST_LANES, schedule
from autograd.compiler.run.row_templates import Template, template
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["Group", "Region", "region"]


class Group(NamedTuple):
    """Operations of one kind. start: the row of the first; operands: (n, lanes) rows that they read.

    constants: the number that an operand is in every lane. wanted: which operands may want a derivative. form: the
    rule's calls; None for sums and dot products, which have their own, and for rules that are called as they are.
    kept: the first row, among those that are kept, of what the derivatives need.
    """

    operation: Operation
    start: int
    operands: Array
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
    lanes = program.lanes[numbers]
    counts = np.repeat(program.counts[numbers] // lanes, lanes)
    first = np.concatenate([[0], np.cumsum(counts)])
    operands = np.concatenate([program.operands[program.first[i] : program.first[i + 1]] for i in numbers])
    operands = operands.astype(np.int64)
    codes = np.repeat(program.codes[numbers], lanes)
    registers = np.concatenate([np.arange(program.starts[i], program.starts[i + 1]) for i in numbers])
    local = np.full(int(program.starts[-1]), -1, np.int64)
    local[registers] = np.arange(len(registers))
    imports = np.unique(operands[local[operands] < 0])
    imports = imports[np.argsort(~program.batched[imports], kind="stable")]
    local[registers] += len(imports)
    local[imports] = np.arange(len(imports))
    kinds = _kinds(program, codes, counts, first, operands, registers, active)
    order = schedule(kinds, first, local[operands], len(imports))
    row = np.arange(int(program.starts[-1]))
    row[imports] = np.arange(len(imports))
    row[registers[np.concatenate(order)]] = len(imports) + np.arange(len(registers))
    builder = _Builder(program, codes, first, operands, active, row)
    groups = [builder.group(chosen, registers[chosen]) for chosen in order]
    return Region(imports, registers[np.concatenate(order)], groups, builder.kept, builder.scratch + MOST_LANES)


def _kinds(
    program: Program, codes: Array, counts: Array, first: Array, operands: Array, registers: Array, active: Array
) -> Array:
    """A number for each operation, equal for those that may be in one group: the same operation on as many operands,
    of which the same ones are constant, and want a derivative; a power has the same constant exponent.
    """
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
    columns = np.stack([kinds, counts, codes])
    order = np.lexsort(columns)
    changes = (columns[:, order[1:]] != columns[:, order[:-1]]).any(0)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.concatenate([[0], np.cumsum(changes)])
    return numbers


class _Builder:
    """Makes groups, and counts the rows that they need beside their results."""

    def __init__(
        self, program: Program, codes: Array, first: Array, operands: Array, active: Array, row: Array
    ) -> None:
        self.program, self.codes, self.first, self.operands = program, codes, first, operands
        self.active, self.row = active, row
        self.kept, self.scratch = 0, 0

    def group(self, chosen: Array, registers: Array) -> Group:
        """Those of the operations as a group."""
        head = int(chosen[0])
        operation = self.program.operations[self.codes[head]]
        count = int(self.first[head + 1] - self.first[head])
        columns = self.operands[self.first[chosen] + np.arange(count)[:, None]]
        wanted = (False,) * count if operation.stopped else tuple([bool(self.active[x].any()) for x in columns])
        constants = self._constants(operation, columns)
        start, rule = int(self.row[registers[0]]), operation.rule
        reduces = rule in (RULES["sum"], RULES["dot"])
        form = None if reduces else template(rule, constants, wanted)
        lanes, kept = len(chosen), self.kept
        if form is not None:
            self.kept += lanes * len(form.kept)
            self.scratch = max(self.scratch, lanes * (count + len(form.traced.calls) + 3))
        else:
            self.kept += 0 if reduces else lanes * sum(wanted)
            self.scratch = max(self.scratch, lanes * (2 * count + 3))
        return Group(operation, start, self.row[columns], constants, wanted, form, kept)

    def _constants(self, operation: Operation, columns: Array) -> tuple[float | None, ...]:
        if operation.rule.sequences:
            return (None,) * len(columns)
        constant = self.program.is_constant(columns[:, 0]) & (columns == columns[:, :1]).all(1)
        numbers = self.program.constants
        first = self.program.first_constant
        return tuple([
            float(numbers[x - first]) if same else None for same, x in zip(constant, columns[:, 0], strict=True)
        ])  # fmt: skip
