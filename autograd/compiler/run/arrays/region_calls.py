"""The NumPy calls of a region: forward group by group, and back again."""

from __future__ import annotations

import functools
import operator
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import starmap
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.run.arrays.arrivals import Arrivals, Sending
from autograd.compiler.run.arrays.groups import Group, Region
from autograd.compiler.run.arrays.kernels import Binding, binds, bound_ufunc, opaque, primitive
from autograd.compiler.run.arrays.schedule import MOST_LANES
from autograd.compiler.run.plan import BoundCall
from autograd.compiler.trace import Function, Operand, Reference, Temporary
from autograd.util.arrays import Array

__all__ = ["Tables"]

_MANY = 8
"""Contributions to one row that are added rank by rank with those of its neighbours; more are added by themselves."""


_AT_ONCE = 4096
"""Calls that are made in C, some 10 ms: Ctrl-C waits until they are done."""


class Tables(NamedTuple):
    """The tables of a region in memory, each (rows, batch).

    values: of every register; kept: what derivatives need beside them; scratch: room to compute in. The last two are of
    numbers and of truth values.
    """

    values: Array
    kept: Array
    kept_truths: Array
    scratch: Array
    truths: Array


class _Calls:
    """Emits calls. Scratch rows are given out one after the other, and all taken back for the next group.

    calls: tuples of a function and its arguments, to be run by ``bound``.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables, self.calls = tables, list[tuple[Any, ...]]()
        self.used = [0, 0]
        self.rooms: dict[tuple[int, int, bool], Array] = {}
        self.take = tables.values.take
        self.group: Group
        self.columns: dict[int, Array | float] = {}
        self.results: dict[int, Array] = {}

    def add(self, *call: Any) -> None:
        """Add the call of a function, and its arguments."""
        self.calls.append(call)

    def add_bound(self, calls: Iterable[BoundCall]) -> None:
        """Add calls that are bound to their arguments."""
        for call in calls:
            plain = isinstance(call, functools.partial) and not call.keywords
            self.calls.append((call.func, *call.args) if plain else (call,))  # type: ignore[attr-defined]

    def bound(self) -> list[BoundCall]:
        """The calls, many at once: there are more of them than of anything else in memory, and a tuple takes 80 bytes
        where a partial takes 260.
        """
        parts = range(0, len(self.calls), _AT_ONCE)
        return [functools.partial(_make, self.calls[begin : begin + _AT_ONCE]) for begin in parts]

    def begin(self, group: Group) -> None:
        """All that follows is of this group."""
        self.group, self.columns, self.results, self.used = group, {}, {}, [0, 0]
        if group.form is not None:
            for i, call in enumerate(sorted(group.form.kept)):
                table = self.tables.kept_truths if group.form.traced.calls[call].truth else self.tables.kept
                begin = group.kept + i * group.lanes
                self.results[call] = table[begin : begin + group.lanes]

    def room(self, rows: int, truth: bool = False) -> Array:
        """Scratch rows."""
        begin = self.used[truth]
        self.used[truth] += rows
        key = (begin, rows, truth)
        if key not in self.rooms:  # views are most of what a call takes in memory, and these come again and again
            self.rooms[key] = (self.tables.truths if truth else self.tables.scratch)[begin : begin + rows]
        return self.rooms[key]

    def taken(self, table: Array, rows: Array) -> Array:
        """These rows of a table, where they lie if they follow one another."""
        if _consecutive(rows):
            return table[rows[0] : rows[0] + len(rows)]
        return self.gathered(self.take if table is self.tables.values else table.take, rows)

    def gathered(self, take: Callable[..., Array], rows: Array) -> Array:
        """These rows of the table that has this method, in one piece."""
        out = self.room(len(rows))
        self.add(take, rows, 0, out, "clip")
        return out

    def column(self, i: int) -> Array | float:
        """An operand of the group."""
        if i not in self.columns:
            number, head, values = self.group.constants[i], self.group.heads[i], self.tables.values
            if number is not None:
                self.columns[i] = number
            elif head >= 0:
                self.columns[i] = values[head : head + self.group.lanes]
            else:
                self.columns[i] = self.gathered(self.take, self.group.operands[i])
        return self.columns[i]

    def block(self, begin: int, end: int) -> Array:
        """Several operands of the group as (operands, lanes, batch)."""
        rows = self.taken(self.tables.values, self.group.operands[begin:end].ravel())
        return rows.reshape(end - begin, self.group.lanes, -1)

    def read(self, reference: Reference) -> Array | float:
        """What a traced call reads."""
        if type(reference) is Operand:
            return self.column(reference.number)
        return self.results[reference.number] if type(reference) is Temporary else reference  # type: ignore[return-value]

    def emit(self, chosen: Sequence[int], target: int = -1, out: Array | None = None) -> None:
        """The traced calls that are chosen; that of the target into ``out``."""
        assert self.group.form is not None
        for number in chosen:
            call = self.group.form.traced.calls[number]
            operands = [self.read(x) for x in call.operands]
            result = out if number == target else self.results.get(number)
            if result is None:
                result = self.room(self.group.lanes, call.truth)
            self._call(call.function, operands, result)
            self.results[number] = result

    def _call(self, function: Function, operands: list[Any], out: Array) -> None:
        if isinstance(function, np.ufunc):
            self.add_bound([bound_ufunc(function, operands, out)])
            return
        condition = operands[0]
        if function == "where" and isinstance(condition, np.ndarray) and condition.dtype != bool:
            truth = self.room(self.group.lanes, True)
            self.add(np.not_equal, condition, 0.0, truth)
            operands = [truth, *operands[1:]]
        self.add_bound(primitive(function, operands, out))

    def kept_slopes(self) -> list[Array | None]:
        """Where a rule that is called as it is puts its derivatives."""
        slopes: list[Array | None] = []
        begin, lanes = self.group.kept, self.group.lanes
        for wanted in self.group.wanted:
            slopes.append(self.tables.kept[begin : begin + lanes] if wanted else None)
            begin += lanes * wanted
        return slopes


def _make(calls: list[tuple[Any, ...]]) -> None:
    deque(starmap(operator.call, calls), 0)


def _consecutive(rows: Array) -> bool:
    size = len(rows)
    return bool(rows[-1] - rows[0] == size - 1 and (size < 3 or (np.diff(rows) == 1).all()))


# ── forward ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@binds("region forward")
def _forward(binding: Binding) -> list[BoundCall]:
    region: Region = binding.step.extra
    calls = _Calls(_tables(binding))
    for number in range(len(region.starts)):
        group = region.group(number)
        calls.begin(group)
        _group_forward(calls, group, calls.tables.values[group.start : group.start + group.lanes])
    return calls.bound()


def _tables(binding: Binding) -> Tables:
    return Tables(*[x.reshape(len(x), -1) for x in binding.operands[:5]])


def _group_forward(calls: _Calls, group: Group, out: Array) -> None:
    form, count = group.form, len(group.operands)
    if group.reduces:
        terms = calls.block(0, count // len(group.operation.rule.operands))
        if len(group.operation.rule.operands) == 2:
            product = calls.room(len(terms) * group.lanes).reshape(terms.shape)
            calls.add(np.multiply, terms, calls.block(count // 2, count), product)
            terms = product
        calls.add(np.add.reduce, terms, 0, None, out, False, -0.0)
    elif form is None:
        operands = [calls.column(i) for i in range(count)]
        slopes = calls.kept_slopes() if any(group.wanted) else None
        calls.add(opaque, group.operation.rule, operands, out, slopes)
    else:
        value = form.traced.value
        computed = type(value) is Temporary and not (value.truth and len(form.forward) > 1)
        target = value.number if computed and isinstance(value, Temporary) else -1
        calls.emit(form.forward, target, out)
        if target < 0:
            calls.add_bound(primitive("copy", [calls.read(value)], out))


# ── backward ────────────────────────────────────────────────────────────────────────────────────────────────────────


@binds("region backward")
def _backward(binding: Binding) -> list[BoundCall]:
    region, coming, alike = binding.step.extra
    adjoints = binding.out.reshape(len(binding.out), -1)
    calls = _Back(_tables(binding), adjoints, coming)
    calls.begin_back()
    for index in reversed(range(len(coming.senders.sent))):
        sending = coming.senders.sending(region, index)
        calls.send(region.group(sending.number), sending)
    calls.arrive_at_imports(alike)
    calls.total(slice(alike, len(region.imports)), binding.plan.ones, binding.operands[-1])
    return calls.bound()


class _Back(_Calls):
    """Emits the calls of the way back."""

    def __init__(self, tables: Tables, adjoints: Array, coming: Arrivals) -> None:
        super().__init__(tables)
        self.adjoints, self.coming = adjoints, coming
        self.take_adjoints = adjoints.take

    def begin_back(self) -> None:
        """What came from outside becomes a contribution as any other; and the last row is of zeros."""
        self._put(self.adjoints, slice(self.coming.size - 1, self.coming.size), 0.0)
        copies = self.adjoints[self.coming.copies : self.coming.copies + len(self.coming.held)]
        if len(copies):
            self.add(_copy_rows, self.adjoints, self.coming.held, copies)

    def send(self, group: Group, sending: Sending) -> None:
        """The contributions of a group to its operands."""
        self.begin(group)
        own = slice(group.start, group.start + group.lanes)
        if sending.keeps and not sending.slots and not self._several(sending.number):
            return
        upstream = self._upstream(group, sending)
        form = group.form
        if form is not None:
            value = form.traced.value
            if type(value) is Temporary:
                self.results.setdefault(value.number, self.tables.values[own])
            self.emit(form.backward)
        for operand, begin in sending.slots:
            self._contribution(group, operand, upstream, begin)

    def _contribution(self, group: Group, operand: int, upstream: Array, begin: int) -> None:
        count, lanes = len(group.operands), group.lanes
        slope: Array | float | None
        if group.reduces:  # of a dot product the other factors, all at once
            half = count // 2
            others = self.block(half, count) if operand == 0 else self.block(0, half)
            out = self.adjoints[begin : begin + half * lanes].reshape(others.shape)
            self.add(np.multiply, others, upstream, out)
            return
        out = self.adjoints[begin : begin + lanes]
        slope = self.kept_slopes()[operand] if group.form is None else self.read(dict(group.form.slopes)[operand])
        if type(slope) is float and slope == -1.0:
            self.add(np.negative, upstream, out)
        else:
            assert slope is not None
            self.add_bound([bound_ufunc(np.multiply, [slope, upstream], out)])

    def _several(self, number: int) -> bool:
        """Whether a lane of a group has another number of contributions than one."""
        blocks = self.coming.blocks
        return (blocks.least[number], blocks.most[number]) != (1, 1)

    def _upstream(self, group: Group, sending: Sending) -> Array:
        """The adjoints of a group, in its own rows if others read them there."""
        blocks, number, lanes = self.coming.blocks, sending.number, group.lanes
        begin, most = blocks.begin[number], blocks.most[number]
        if begin < 0:
            table, shift = (self.adjoints, 0) if sending.keeps else (self.room(lanes), group.start)
            self._arrive(np.arange(group.start, group.start + lanes), table, shift)
            return table[group.start - shift : group.start - shift + lanes]
        sources = blocks.sources[begin : begin + most * lanes]
        if not sending.keeps and not self._several(number):
            return self.taken(self.adjoints, sources)
        part = self.gathered(self.take_adjoints, sources)
        out = self.adjoints[group.start : group.start + lanes] if sending.keeps else self.room(lanes)
        if most > 2:
            self.add(np.add.reduce, part.reshape(most, lanes, -1), 0, None, out)
        elif most == 2:
            self.add(np.add, part[:lanes], part[lanes:], out)
        elif sending.keeps:
            self.add(np.positive, part, out)
        else:
            return part
        return out

    def _arrive(self, rows: Array, out: Array, shift: int = 0) -> None:
        """Sum what arrives at these rows into rows − shift of ``out``."""
        first = self.coming.first
        counts = first[rows + 1] - first[rows]
        for row in rows[counts > _MANY].tolist():
            self._hub(self.coming.sources[first[row] : first[row + 1]], out[row - shift])
        few = counts <= _MANY
        if not counts.all():
            self._put(out, rows[counts == 0] - shift, 0.0)
        for rank in range(int(counts[few].max(initial=0))):
            chosen = rows[few & (counts > rank)]
            self._add(self.coming.sources[first[chosen] + rank], out, chosen - shift, rank == 0)

    def _add(self, sources: Array, out: Array, rows: Array, fresh: bool) -> None:
        """Put or add adjoints into rows of ``out``."""
        used = list(self.used)
        if not _consecutive(rows):
            self._put(out, rows, self.taken(self.adjoints, sources), fresh)
        else:
            target = out[rows[0] : rows[0] + len(rows)]
            if fresh and out is not self.adjoints:  # NumPy makes a copy of a target that overlaps what is read
                self.add(self.take_adjoints, sources, 0, target, "clip")
            elif fresh:
                self.add(np.positive, self.taken(self.adjoints, sources), target)
            else:
                self.add(np.add, target, self.taken(self.adjoints, sources), target)
        self.used = used

    def _put(self, out: Array, rows: Array | slice, numbers: Array | float, fresh: bool = True) -> None:
        put = _put_rows if fresh else _add_rows
        self.add(put, out, rows, numbers)

    def _hub(self, sources: Array, out: Array) -> None:
        """The sum of many rows into one."""
        used, most = list(self.used), len(self.tables.scratch) - self.used[0] - 1
        total = self.room(1)[0]
        for begin in range(0, len(sources), most):
            part = self.taken(self.adjoints, sources[begin : begin + most])
            self.add(np.add.reduce, part, 0, None, total if begin else out)
            if begin:
                self.add(np.add, out, total, out)
            self.used[0] = used[0] + 1
        self.used = used

    def arrive_at_imports(self, alike: int) -> None:
        """What the region sends to the first of the registers that it reads, which have rows if it has."""
        self.used = [0, 0]
        rows = np.arange(alike)
        rows = rows[np.diff(self.coming.first)[:alike] > 0]
        self._put(self.adjoints, slice(0, alike), 0.0)
        for begin in range(0, len(rows), MOST_LANES):  # scratch has room for so many
            self._arrive(rows[begin : begin + MOST_LANES], self.adjoints)

    def total(self, rows: slice, ones: Array, totals: Array) -> None:
        """What it sends to the others, which have no rows: summed over the batch first."""
        first = self.coming.first[rows.start : rows.stop + 1]
        counts = np.diff(first)
        self._put(totals, slice(None), 0.0)
        if not counts.any():
            return
        self.used, most = [0, 0], len(self.tables.scratch)
        sources = self.coming.sources[first[0] : first[-1]]
        sums = np.empty(len(sources), totals.dtype)
        for begin in range(0, len(sources), most):
            self.used = [0, 0]
            part = self.taken(self.adjoints, sources[begin : begin + most])
            self.add(part.dot, ones, sums[begin : begin + most])
        present = np.flatnonzero(counts)
        self.add(_put_sums, totals, present, sums, first[:-1][present] - first[0])


def _copy_rows(table: Array, rows: Array, out: Array) -> None:
    out[...] = table[rows]


def _put_rows(out: Array, rows: Array | slice, numbers: Array | float) -> None:
    out[rows] = numbers


def _put_sums(out: Array, rows: Array, numbers: Array, first: Array) -> None:
    out[rows] = np.add.reduceat(numbers, first)


def _add_rows(out: Array, rows: Array | slice, numbers: Array | float) -> None:
    out[rows] += numbers
