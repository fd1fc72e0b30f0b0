"""Numbers picked by an index: one ``take`` from where the table lies, and back one addition to each place taken from.

A lane's table is the numbers that it may pick from. All tables of an instruction lie in one buffer, each in even steps
of one size; where they do not, they are gathered first. Lanes with one index (the columns of a table whose rows are
picked) look at it once.
"""

from __future__ import annotations

import functools

import numpy as np

from autograd.compiler.program import Instruction
from autograd.compiler.run.arrays.kernels import Binding, binds, elementwise
from autograd.compiler.run.arrays.layout import Layout, Step, Tables
from autograd.compiler.run.arrays.lowering import Lowering
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.views import View, contiguous
from autograd.compiler.run.plan import BoundCall
from autograd.compiler.tables import picked_tables
from autograd.core.picking import index_error
from autograd.util.arrays import Array

__all__ = ["lower_pick"]


def lower_pick(lowering: Lowering, instruction: Instruction) -> Part:
    """Emit the step of an instruction that picks numbers. Its part's views: the indices, the tables' buffer."""
    layout = lowering.layout
    distinct, index_of = np.unique(instruction.operands[:, 0], return_inverse=True)
    tables, table_of = picked_tables(lowering.program, instruction)
    registers, sizes = np.concatenate(tables), np.array([len(table) for table in tables])
    lengths = np.full(len(distinct), sizes.max())
    np.minimum.at(lengths, index_of, sizes[table_of])
    index = _in_a_row(layout, distinct)
    buffer, bases, step = _laid(layout, registers, sizes)
    own = np.arange(instruction.start, instruction.start + instruction.lanes)
    views = [index, _whole(layout, buffer)]
    part = Part(instruction.number, [instruction.operands[:, 0], registers], views, _in_a_row(layout, own), None)
    part.tables = Tables(bases[table_of], step, lengths, index_of)
    lowering.steps.append(Step("pick", tuple(part.views), part.out, part.tables))
    return part


def _laid(layout: Layout, registers: Array, sizes: Array) -> tuple[int, Array, int]:
    """The buffer in which tables of these sizes lie, where each begins, and their step; gathered if they have none."""
    starts = np.cumsum(sizes) - sizes
    buffers, offsets = layout.buffer_of[registers], layout.offset_of[registers]
    steps = np.delete(np.diff(offsets), starts[1:] - 1)
    if (buffers == buffers[0]).all() and (steps == steps[:1]).all():
        return int(buffers[0]), offsets[starts], int(steps[0]) if len(steps) else 1
    view = layout.matrix(registers[None])
    step = view.strides[1]
    return view.buffer, view.offset + step * starts, step


def _in_a_row(layout: Layout, registers: Array) -> View:
    view = layout.matrix(registers[None])
    return view._replace(shape=view.shape[1:], strides=view.strides[1:])


def _whole(layout: Layout, buffer: int) -> View:
    return contiguous(buffer, (layout.buffers[buffer].size,), layout.buffers[buffer].batched)


class _Places:
    """The place in memory that each lane of each row picks: ``where``, once ``find`` has looked at the indices."""

    def __init__(self, index: Array, table: Array, tables: Tables, shape: tuple[int, ...]) -> None:
        lane, *row = (x // table.itemsize for x in table.strides)
        bases = tables.bases * lane
        if len(shape) > 1:
            bases = np.add.outer(bases, np.arange(shape[1]) * (row[0] if row else 0))
        self.index, self.index_of = index, tables.index_of
        lengths = tables.lengths[:, None] if index.ndim > 1 else tables.lengths
        self.lengths: Array | int = int(lengths.flat[0]) if (lengths == lengths.flat[0]).all() else lengths
        self.bases, self.step = bases, tables.step * lane
        self.whole, self.where = np.zeros(index.shape, np.intp), np.zeros(shape, np.intp)

    def find(self) -> None:
        """Raise IndexError for an index that is no whole number from 0 on, or past the table's end."""
        whole = self.whole
        np.copyto(whole, self.index, casting="unsafe")
        wrong = (whole != self.index) | (whole.view(np.uintp) >= self.lengths)
        if wrong.any():
            raise index_error(float(self.index[wrong][0]), int(np.broadcast_to(self.lengths, wrong.shape)[wrong][0]))
        if self.step != 1:
            np.multiply(whole, self.step, whole)
        chosen = whole.take(self.index_of, 0)
        np.add(self.bases, chosen[:, None] if chosen.ndim < self.where.ndim else chosen, self.where)


@binds("pick")
def _pick(binding: Binding) -> list[BoundCall]:
    (index, table), tables, target = binding.operands, binding.step.extra, binding.out
    places = _Places(index, table, tables, target.shape)
    binding.plan.places[id(tables)] = places.where
    taken = target if target.flags.c_contiguous else np.empty(target.shape, target.dtype)
    calls: list[BoundCall] = [places.find, functools.partial(_flat(table).take, places.where, None, taken, "clip")]
    return calls if taken is target else [*calls, *elementwise(np.positive, [taken], target)]


@binds("give back")
def _give_back(binding: Binding) -> list[BoundCall]:
    """Add what arrived at each lane to the place it was taken from."""
    where = binding.plan.places[id(binding.step.extra)]
    return [functools.partial(_add_at, _flat(binding.out), where, binding.operands[0])]


def _add_at(flat: Array, where: Array, upstream: Array) -> None:
    np.add.at(flat, where.reshape(-1), upstream.reshape(-1))


def _flat(table: Array) -> Array:
    """All numbers of a buffer in one axis, as they lie in memory."""
    return (table if table.flags.c_contiguous else table.T).reshape(-1)
