"""A region: irregular instructions as groups of scalar operations, over one table that has a row for each of them.

Row r of the table is a register over the batch. First come the registers that the region reads from elsewhere, then its
groups, one after the other. A group reads rows wherever they are, and writes its own, which lie together. So a group
costs a few calls, however many operations it has, and an operation needs no memory but its rows and row numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from autograd.compiler.passes.edit import packed, segments
from autograd.compiler.program import Operation, Program
from autograd.compiler.run.arrays.schedule import MOST_LANES, schedule
from autograd.compiler.run.row_templates import Template, template
from autograd.compiler.trace import signs
from autograd.table import RULES
from autograd.util.arrays import Array, distinct, grouped

__all__ = ["Form", "Group", "Region", "region"]


class Group(NamedTuple):
    """Operations of one kind. start: the row of the first; lanes: how many there are.

    operands: the rows that they read, (n, lanes).
    heads: the first row of an operand whose rows follow one another, −1 of another.
    constants: the number that an operand is in every lane. wanted: which operands may want a derivative. form: the
    rule's calls; None for sums and dot products, which have their own, and for rules that are called as they are.
    kept: the first row, among those that are kept, of what the derivatives need.
    """

    operation: Operation
    start: int
    lanes: int
    operands: Array
    heads: Sequence[int]
    constants: tuple[float | None, ...]
    wanted: tuple[bool, ...]
    form: Template | None
    kept: int

    @property
    def reduces(self) -> bool:
        """Whether it is of sums or dot products."""
        return self.operation.rule in (RULES["sum"], RULES["dot"])


class Form(NamedTuple):
    """What groups of one kind share, as in ``Group``."""

    operation: Operation
    constants: tuple[float | None, ...]
    wanted: tuple[bool, ...]
    calls: Template | None

    def rows(self) -> tuple[int, int]:
        """How many rows an operation keeps for derivatives, and how many it needs to gather and to compute in."""
        count = len(self.wanted)
        if self.calls is not None:
            return len(self.calls.kept), count + len(self.calls.traced.calls) + 3
        reduces = self.operation.rule in (RULES["sum"], RULES["dot"])
        return 0 if reduces else sum(self.wanted), 2 * count + 3


class Region(NamedTuple):
    """Groups over a table. imports: the registers its first rows copy; registers: those of the other rows.

    forms: one for each kind of groups. form_of, starts, lanes, kept_from: each group's form, and as in ``Group``.
    operands: the rows that the groups read, those of one group after the other, from ``places`` on; heads: as in
    ``Group``, from ``columns`` on. kept: how many rows are kept for derivatives, numbers and truth values apart;
    scratch: how many the largest group needs to gather and to compute in.

    There is a group for ten operations or so: as columns they take an eighth of what they would take as objects.
    """

    imports: Array
    registers: Array
    operands: Array
    heads: array[int]
    forms: list[Form]
    form_of: array[int]
    starts: array[int]
    lanes: array[int]
    places: array[int]
    columns: array[int]
    kept_from: array[int]
    kept: int
    scratch: int

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.imports) + len(self.registers)

    def group(self, number: int) -> Group:
        """One of the groups."""
        form, lanes, place, column = (
            self.forms[self.form_of[number]], self.lanes[number], self.places[number], self.columns[number],
        )  # fmt: skip
        count = len(form.wanted)
        return Group(
            form.operation,
            self.starts[number],
            lanes,
            self.operands[place : place + count * lanes].reshape(count, lanes),
            self.heads[column : column + count],
            form.constants,
            form.wanted,
            form.calls,
            self.kept_from[number],
        )


def region(program: Program, numbers: Array, active: Array) -> Region:
    """The region of these instructions, which follow one another. active: the registers a gradient flows through."""
    columns = _unrolled(program, numbers)
    local = np.full(int(program.starts[-1]), -1, np.int32)
    local[columns.registers] = 0
    imports = distinct(columns.operands[local[columns.operands] < 0])
    imports = imports[np.argsort(~program.batched[imports], kind="stable")]
    local[columns.registers] = len(imports) + np.arange(len(columns.registers))
    local[imports] = np.arange(len(imports))
    kinds = _kinds(program, columns, active)
    order, lanes = schedule(kinds, columns.first, local[columns.operands], len(imports))
    registers = columns.registers[order]
    local[registers] = len(imports) + np.arange(len(registers))
    operands, starts = _blocks(columns, order, lanes, local)
    first = np.cumsum(lanes) - lanes
    leaders = order[first]
    counts = columns.counts[leaders]
    begin = np.cumsum(counts) - counts
    constants = _constants(program, imports, operands, starts)
    forms, form_of = _forms(program, columns, active, zip(*(
        x.tolist() for x in (leaders, kinds[leaders], begin, begin + counts)
    ), strict=True), constants)  # fmt: skip
    kept, scratch = lanes * np.array([form.rows() for form in forms])[form_of].T
    places = np.cumsum(lanes * counts) - lanes * counts
    return Region(
        imports, registers, operands, packed(_heads(operands, starts)), forms, packed(form_of),
        packed(len(imports) + first), packed(lanes), packed(places), packed(begin), packed(np.cumsum(kept) - kept),
        int(kept.sum()), int(scratch.max()) + MOST_LANES,
    )  # fmt: skip


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
        operands=program.operands[places],
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
    """The operands' rows, (operands, lanes) of one group after the other; and where each column of them begins."""
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
    return rows, np.cumsum(lengths) - lengths


def _heads(rows: Array, starts: Array) -> Array:
    """The first row of each column that is of rows which follow one another, −1 of the others."""
    return np.where(_all_steps(rows, starts, 1), rows[starts], -1)


def _all_steps(rows: Array, starts: Array, step: int) -> Array:
    """Whether the rows of each column lie so far apart."""
    breaks = np.zeros(len(rows), bool)
    breaks[1:] = rows[1:] - rows[:-1] != step
    breaks[starts] = False
    return ~np.logical_or.reduceat(breaks, starts)


def _constants(program: Program, imports: Array, rows: Array, starts: Array) -> list[float | None]:
    """The constant that each column is of, None of one that is of no constant or of several."""
    numbers = np.full(len(imports) + 1, np.nan)
    constant = program.is_constant(imports)
    numbers[:-1][constant] = program.constants[imports[constant] - program.first_constant]
    head = np.minimum(rows[starts], len(imports))
    is_number = np.append(constant, False)[head] & _all_steps(rows, starts, 0)
    return [x if yes else None for x, yes in zip(numbers[head].tolist(), is_number.tolist(), strict=True)]


def _forms(
    program: Program,
    columns: _Columns,
    active: Array,
    groups: Iterable[tuple[int, int, int, int]],
    constants: list[float | None],
) -> tuple[list[Form], Array]:
    """The forms, and which one each group has. groups: an operation of each, its kind, its part of ``constants``."""
    number_of: dict[tuple[int, tuple[float | None, ...]], int] = {}
    forms, form_of = list[Form](), array("i")
    for operation, kind, begin, end in groups:
        numbers = tuple(constants[begin:end])
        key = (kind, numbers) if 0.0 not in numbers else (kind, (*numbers, *signs(numbers)))
        number = number_of.setdefault(key, len(forms))
        if number == len(forms):
            forms.append(_form(program, columns, active, operation, numbers))
        form_of.append(number)
    return forms, np.array(form_of)


def _form(program: Program, columns: _Columns, active: Array, number: int, constants: tuple[float | None, ...]) -> Form:
    """Which operands want a derivative, and the rule's calls. Of a sequence either all do or none."""
    operation = program.operations[columns.codes[number]]
    rule, flows = operation.rule, active[columns.operands[columns.first[number] : columns.first[number + 1]]]
    if rule.sequences:
        flows[:], constants = flows.any(), (None,) * len(constants)
    wanted = tuple((flows & (not operation.stopped)).tolist())
    reduces = rule in (RULES["sum"], RULES["dot"])
    return Form(operation, constants, wanted, None if reduces else template(rule, constants, wanted))
