"""Memory for the buffers of lowered steps, for one number of rows, and the NumPy calls bound to it.

Buffers that are not needed at the same time share memory, and an elementwise result takes the place of an operand that
nothing needs any more. After that a run is a list of bound calls: no allocation, no lookup, one NumPy call each.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.run.arrays import region_calls  # noqa: F401  (its calls are among the binders)
from autograd.compiler.run.arrays.forward import Lowered
from autograd.compiler.run.arrays.kernels import BINDERS, Binding, gather, primitive
from autograd.compiler.run.arrays.layout import Gather, Step
from autograd.compiler.run.arrays.views import Scaled, Source, View, by_row
from autograd.compiler.run.plan import BoundCall, BoundCalls
from autograd.util.arrays import Array, distinct

__all__ = ["ArrayPlan"]


class ArrayPlan(BoundCalls):
    """Lowered steps bound to memory for a batch of so many rows.

    parameters, gradient: one-dimensional arrays, used in place.
    """

    def __init__(
        self,
        lowered: Lowered,
        batch_size: int,
        dtype: np.dtype[Any],
        parameters: Array,
        gradient: Array,
        shapes: Sequence[tuple[int, ...]],
    ) -> None:
        self.lowered, self.batch_size, self.dtype = lowered, batch_size, dtype
        self.parameters, self.gradient = parameters, gradient
        self.ones = np.ones(batch_size, self.dtype)
        self._lay_out()
        self.norms: list[tuple[Array, Array]] = []
        self.unchecked: list[Array] = [gradient]
        self.places: dict[int, Array] = {}
        with np.errstate(all="ignore"):
            self.calls = self._bound(lowered.steps)
        self.inputs = [by_row(self.array(view), shape) for view, shape in zip(lowered.inputs, shapes, strict=True)]
        self.result = self.array(lowered.result)
        pairs = zip(lowered.input_gradients, shapes, strict=False)
        self.input_gradients = [by_row(self.array(view), shape) for view, shape in pairs]
        flat = self.result.reshape(-1)
        self.total: Callable[[], Any] = functools.partial(flat.item, 0)
        self.scale = 1.0
        if len(flat) == batch_size:
            self.total, self.scale = functools.partial(flat.dot, self.ones), 1.0 / batch_size

    def gradient_is_finite(self) -> bool:
        """Whether it is for sure: by its squares' sum, or by those of the two factors that it is the product of.

        No number of a product is larger than √(ΣA²·ΣB²) (Cauchy and Schwarz), and the factors of a layer's gradient
        are far smaller than it is.
        """
        total = 1.0
        for a, b in self.norms:
            total += float(a) * float(b)
        for part in self.unchecked:
            total += float(part.dot(part))
        return math.isfinite(total)

    def watch_product(self, a: Array, b: Array, out: Array) -> list[BoundCall]:
        """Calls that note the squares' sums of a product's factors, if the product is a large part of the gradient."""
        flat_a, flat_b = _flat(a), _flat(b)
        rest = self.unchecked[-1]
        begin = (out.ctypes.data - rest.ctypes.data) // out.itemsize
        if out.size < 2 * (a.size + b.size) or not out.flags.c_contiguous:
            return []
        if flat_a is None or flat_b is None or not 0 <= begin <= len(rest) - out.size:
            return []
        self.unchecked[-1:] = [rest[:begin], rest[begin + out.size :]]
        slots = (np.zeros((), self.dtype), np.zeros((), self.dtype))
        self.norms.append(slots)
        return [functools.partial(x.dot, x, slot) for x, slot in zip((flat_a, flat_b), slots, strict=True)]

    # ── memory ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        """For each buffer: the memory it is in, where it begins, and how far apart lanes and rows are."""
        lowered, batch_size, item = self.lowered, self.batch_size, self.dtype.itemsize
        self.memory_of: list[tuple[Array, int, int, int]] = []
        addresses, sizes = _addresses(lowered)
        self.arenas = {
            (batched, truth): np.zeros(max(1, sizes.get((batched, truth), 0)) * (batch_size if batched else 1),
                                       bool if truth else self.dtype)
            for batched in (False, True) for truth in (False, True)
        }  # fmt: skip
        for number, buffer in enumerate(lowered.buffers):
            if buffer.role == "parameters":
                self.memory_of.append((self.parameters, 0, item, 0))
            elif buffer.role == "gradient":
                self.memory_of.append((self.gradient, 0, item, 0))
            elif buffer.role == "constant":
                assert buffer.data is not None
                self.memory_of.append((np.ascontiguousarray(buffer.data, self.dtype), 0, item, 0))
            elif buffer.by_row:
                self.memory_of.append((np.zeros((batch_size, buffer.size), self.dtype), 0, item, item * buffer.size))
            else:
                arena = self.arenas[buffer.batched, buffer.truth]
                lane = arena.itemsize * (batch_size if buffer.batched else 1)
                self.memory_of.append((arena, addresses.get(number, 0) * lane, lane, arena.itemsize))

    def array(self, view: View, axis_for_rows: bool = False) -> Array:
        """The array of a view: its axes, then the rows; with ``axis_for_rows`` an axis of 1 where it has no rows."""
        memory, begin, lane, row = self.memory_of[view.buffer]
        shape, strides = view.shape, tuple(s * lane for s in view.strides)
        if view.batched:
            shape, strides = (*shape, self.batch_size), (*strides, row)
        elif axis_for_rows:
            shape, strides = (*shape, 1), (*strides, lane)
        return np.ndarray(shape, memory.dtype, memory, begin + view.offset * lane, strides)

    # ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _bound(self, steps: Sequence[Step]) -> list[BoundCall]:
        bound: list[BoundCall] = []
        for step in steps:
            if step.function == "once":
                assert step.out is not None
                self.array(step.out)[...] = step.operands[0]
            else:
                bound += self._bind(step)
        return bound

    def _bind(self, step: Step) -> list[BoundCall]:
        assert step.out is not None
        out = self.array(step.out)
        if step.function == "gather":
            return gather(self._sources(step.extra), out, step.out.batched)
        binder = BINDERS.get(step.function)
        broadcasts = step.out.batched and (binder is None or binder.broadcasts)
        operands = [self._operand(x, broadcasts) for x in step.operands]
        if binder is None:
            return primitive(step.function, operands, out, bool(step.extra))
        return binder.bind(Binding(step, operands, out, self))

    def _operand(self, source: Source, broadcasts: bool) -> Array | float:
        if isinstance(source, Scaled):
            return source.factor / self.batch_size
        return self.array(source, broadcasts) if isinstance(source, View) else source

    def _sources(self, gather: Gather) -> list[tuple[Array, Array, Array]]:
        """(positions, array, index along its first axis) for each stretch of memory that is read."""
        grouped: dict[int, tuple[Array, Array, Array]] = {}
        for buffer in distinct(gather.buffers).tolist():
            memory, begin, lane, _ = self.memory_of[buffer]
            positions = np.flatnonzero(gather.buffers == buffer)
            source = self.lowered.buffers[buffer]
            index = gather.offsets[positions]
            if memory is self.arenas[source.batched, False]:
                array = memory.reshape(-1, self.batch_size) if source.batched else memory
                index = index + begin // lane
            else:
                array = self.array(View(buffer, 0, (source.size,), (1,), source.batched))
            if id(memory) in grouped:
                before, _, index_before = grouped[id(memory)]
                positions, index = np.append(before, positions), np.append(index_before, index)
            grouped[id(memory)] = positions, array, index
        return list(grouped.values())


def _flat(array: Array) -> Array | None:
    """All numbers of an array in one axis, where they lie one after the other."""
    base = array if array.flags.c_contiguous else array.T
    return base.reshape(-1) if base.flags.c_contiguous else None


def _addresses(lowered: Lowered) -> tuple[dict[int, int], dict[tuple[bool, bool], int]]:
    """The first lane of each buffer that shares memory, and how many lanes there are of each sort."""
    born: dict[int, int] = {}
    last: dict[int, int] = {}
    for time, step in enumerate(lowered.steps):
        for touched in _touched(step):
            born.setdefault(touched, time)
            last[touched] = time
    keep = {lowered.result.buffer, *(view.buffer for view in lowered.inputs)}
    shared = [b for b, x in enumerate(lowered.buffers) if x.role in ("", "kept", "input") and not x.by_row]
    memory = _Memory()
    for number in shared:
        buffer = lowered.buffers[number]
        if buffer.role or number in keep:
            born.setdefault(number, 0)
            last[number] = len(lowered.steps)
            if buffer.role:
                memory.take(number, (buffer.batched, buffer.truth), buffer.size)
    dying: dict[int, list[int]] = {}
    for number in shared:
        if number in born:
            dying.setdefault(last[number], []).append(number)
    arriving: dict[int, list[int]] = {}
    for number in shared:
        if number in born and number not in memory.address:
            arriving.setdefault(born[number], []).append(number)
    for time, step in enumerate(lowered.steps):
        ends = dying.get(time, [])
        for number in arriving.get(time, []):
            heir = _inherits(lowered, step, number, ends)
            if heir is not None:
                memory.address[number] = memory.address[heir]
                ends.remove(heir)
            else:
                buffer = lowered.buffers[number]
                memory.take(number, (buffer.batched, buffer.truth), buffer.size)
        for number in ends:
            buffer = lowered.buffers[number]
            memory.free((buffer.batched, buffer.truth), memory.address[number], buffer.size)
    return memory.address, memory.size


def _touched(step: Step) -> list[int]:
    touched = [x.buffer for x in step.operands if isinstance(x, View)]
    if step.out is not None:
        touched.append(step.out.buffer)
    if isinstance(step.extra, Gather):
        touched += distinct(step.extra.buffers).tolist()
    elif step.function == "opaque" and step.extra[1] is not None:
        touched += [x.buffer for x in step.extra[1] if x is not None]
    return touched


def _inherits(lowered: Lowered, step: Step, number: int, ends: list[int]) -> int | None:
    """The buffer whose memory a new one can take over: the operand of an elementwise call that is used no more."""
    out = step.out
    if not isinstance(step.function, np.ufunc) or out is None or out.buffer != number:
        return None
    new = lowered.buffers[number]
    for x in step.operands:
        if not isinstance(x, View) or x.buffer not in ends or x.shape != out.shape:
            continue
        old = lowered.buffers[x.buffer]
        alike = (old.size, old.batched, old.truth, old.role) == (new.size, new.batched, new.truth, "")
        if alike and (x.offset, x.strides) == (out.offset, out.strides) and out.lanes == new.size:
            return x.buffer
    return None


class _Memory:
    """Stretches of lanes, given out and taken back; the smallest that is large enough goes first."""

    def __init__(self) -> None:
        self.address: dict[int, int] = {}
        self.size: dict[tuple[bool, bool], int] = {}
        self.unused: dict[tuple[bool, bool], dict[int, list[int]]] = {}

    def take(self, number: int, sort: tuple[bool, bool], size: int) -> None:
        unused = self.unused.setdefault(sort, {})
        if unused.get(size):
            self.address[number] = unused[size].pop()
            return
        self.address[number] = self.size.get(sort, 0)
        self.size[sort] = self.address[number] + size

    def free(self, sort: tuple[bool, bool], address: int, size: int) -> None:
        self.unused.setdefault(sort, {}).setdefault(size, []).append(address)
