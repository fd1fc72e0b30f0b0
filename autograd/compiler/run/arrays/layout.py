"""Where every register of a program lies, and views of registers: in even steps where they lie so, gathered elsewhere.

An instruction's lanes lie one after the other in a buffer of their own. Where a matrix product wants a 1 beside them,
for biases, the buffer has room for it; where an operand's registers do not lie in even steps, they are gathered first.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.program import MATMUL, Instruction, Program
from autograd.compiler.run.arrays.views import Buffer, Source, View, common_steps, contiguous
from autograd.compiler.trace import Function
from autograd.util.arrays import Array, distinct

__all__ = ["GRADIENT", "PARAMETERS", "Gather", "Layout", "Scatter", "Step", "Tables", "merged"]

PARAMETERS, GRADIENT = 0, 1
"""The first two buffers: the parameters as they are given, and where their gradient goes."""


class Step(NamedTuple):
    """One call. function: of arrays, or the name of a step in ``kernels``. extra: what else it has to know."""

    function: Function
    operands: tuple[Source, ...]
    out: View | None
    extra: Any = None


class Gather(NamedTuple):
    """Registers to read, wherever they lie: lane i from ``offsets[i]`` of ``buffers[i]``."""

    buffers: Array
    offsets: Array


class Scatter(NamedTuple):
    """Where lanes are added to: number ``lanes[i]`` of those there are, to ``offsets[i]`` of one buffer."""

    lanes: Array
    offsets: Array


class Tables(NamedTuple):
    """Where the numbers of each lane's table are: number k at ``bases[lane] + step·k`` of a buffer.

    lengths: of the shortest table that each distinct index is of. index_of: which of these indices a lane has.
    """

    bases: Array
    step: int
    lengths: Array
    index_of: Array


Location = tuple[int, Array] | float
"""Where the registers of a column lie, a buffer and offsets in it; or the constant that they all are."""


class Layout:
    """The buffers of a program that is being lowered, and the place of each register. ``steps`` gets the gathers."""

    def __init__(self, program: Program, steps: list[Step]) -> None:
        self.program, self.steps, self.batched = program, steps, program.batched
        self.buffers = [
            Buffer(program.parameters, False, role="parameters"),
            Buffer(program.parameters, False, role="gradient"),
        ]
        total = int(program.starts[-1])
        self.buffer_of = np.zeros(total, np.int32)
        self.offset_of = np.zeros(total, np.int64)
        first = program.first_parameter
        self.offset_of[first : first + program.parameters] = np.arange(program.parameters)
        self.pads = _pads(program)
        self.gathers: dict[bytes, int] = {}  # of parameters and constants, which stay as they are
        self.padded: dict[int, int] = {}  # by buffer: a 1 is kept after so many lanes
        self.tables: set[int] = set()  # the buffers of regions, where registers lie in any order
        self.inputs = [self._input(i) for i in range(len(program.inputs))]
        constants = self.new(Buffer(len(program.constants), False, role="constant", data=program.constants))
        registers = slice(program.first_constant, program.leaves)
        self.buffer_of[registers], self.offset_of[registers] = constants, np.arange(len(program.constants))

    def new(self, buffer: Buffer) -> int:
        """The number of a new buffer."""
        self.buffers.append(buffer)
        return len(self.buffers) - 1

    def temporary(self, shape: tuple[int, ...], batched: bool, truth: bool = False) -> View:
        """A view of a new buffer of this shape."""
        return contiguous(self.new(Buffer(math.prod(shape), batched, truth)), shape, batched)

    def _input(self, number: int) -> View:
        size = self.program.inputs[number]
        start = sum(self.program.inputs[:number])
        pad = self.pads.get(-1 - number)
        buffer = self.new(Buffer(size + (pad is not None), True, role="input", by_row=pad is not None or size > 64))
        self.buffer_of[start : start + size], self.offset_of[start : start + size] = buffer, np.arange(size)
        view = contiguous(buffer, (size,), True)
        if pad is not None:
            self.padded[buffer] = size
            self.steps.append(Step("once", (1.0,), View(buffer, size, (1,), (1,), True)))
        return view

    def allocate(self, instruction: Instruction) -> None:
        """Give an instruction's lanes their place: one after the other, or with room for a 1 after each ``pad``."""
        registers = slice(instruction.start, instruction.start + instruction.lanes)
        batched = bool(self.batched[instruction.start])
        offsets = np.arange(instruction.lanes)
        pad = self.pads.get(instruction.number)
        size = instruction.lanes
        if pad is not None:
            offsets = offsets + offsets // pad
            size += instruction.lanes // pad
        buffer = self.new(Buffer(size, batched, role="kept" if pad is not None else ""))
        if pad is not None:
            self.padded[buffer] = pad
            self.steps.append(Step("once", (1.0,), View(buffer, pad, (instruction.lanes // pad,), (pad + 1,), batched)))
        self.buffer_of[registers], self.offset_of[registers] = buffer, offsets

    def read(self, columns: list[Array], out: Array | None = None) -> tuple[list[Any], tuple[int, ...]]:
        """A view of each column of registers, all of one shape; or a number where a column is one constant.

        A column that does not lie in even steps is gathered. out: registers that have to be viewed where they are, and
        come last.
        """
        program = self.program
        locations: list[Location] = []
        for registers in columns:
            constant = program.is_constant(registers)
            if constant.all():
                numbers = program.constants[registers - program.first_constant]
                same = len(distinct(numbers.view(np.int64))) == 1 or np.isnan(numbers).all()  # by bits: −0.0 is not 0.0
                locations.append(float(numbers[0]) if same else (self._constant(numbers), np.arange(len(numbers))))
            else:
                locations.append(self._located(registers))
        if out is not None:
            locations.append(self._located(out))
        steps = common_steps([x[1] for x in locations if isinstance(x, tuple)])
        if steps is None:
            locations[: len(columns)] = [self._stepped(x, len(columns[0])) for x in locations[: len(columns)]]
            steps = common_steps([x[1] for x in locations if isinstance(x, tuple)])
        assert steps is not None
        shape, shared = steps[0] or (len(columns[0]),), iter(steps[1])
        views: list[Any] = []
        for location in locations:
            if isinstance(location, float):
                views.append(location)
                continue
            offset, strides = next(shared)
            batched = self.buffers[location[0]].batched
            views.append(View(location[0], offset, shape, strides or (1,), batched))
        return views, shape

    def read_evenly(self, operands: Array, start: int) -> list[Any] | None:
        """What ``read`` gives for these operands (lanes, n) and the lanes from the register ``start`` on, where each of
        them lies in even steps of one instruction: it takes a tenth of the time. None if one does not.
        """
        lanes, views = len(operands), list[Any]()
        ends = operands[0].tolist(), operands[-1].tolist()
        steps = (operands[1] - operands[0]).tolist() if lanes > 1 else [1] * operands.shape[1]
        if lanes > 2 and np.count_nonzero(operands[1:] - operands[:-1] != operands[1] - operands[0]):
            return None
        for first, last, step in zip(*ends, steps, strict=True):
            buffer = int(self.buffer_of[first])
            if buffer != self.buffer_of[last] or buffer in self.padded or buffer in self.tables:
                return None
            if not self.program.first_constant <= first < self.program.leaves:
                batched = self.buffers[buffer].batched
                views.append(View(buffer, int(self.offset_of[first]), (lanes,), (step,), batched))
            elif first == last:
                views.append(float(self.program.constants[first - self.program.first_constant]))
            else:
                return None
        buffer = int(self.buffer_of[start])
        if buffer in self.padded:
            return None
        views.append(View(buffer, int(self.offset_of[start]), (lanes,), (1,), self.buffers[buffer].batched))
        return views

    def _constant(self, numbers: Array) -> int:
        return self.new(Buffer(len(numbers), False, role="constant", data=np.array(numbers, float)))

    def _located(self, registers: Array) -> tuple[int, Array]:
        """The buffer that holds them all, and where in it; gathered first, if there is none."""
        buffers = self.buffer_of[registers]
        if (buffers == buffers[0]).all():
            return int(buffers[0]), self.offset_of[registers]
        return self._gathered(buffers, self.offset_of[registers])

    def _gathered(self, buffers: Array, offsets: Array) -> tuple[int, Array]:
        sources = [self.buffers[x] for x in set(buffers.tolist())]
        key = buffers.tobytes() + offsets.tobytes()
        if key in self.gathers:
            return self.gathers[key], np.arange(len(buffers))
        out = self.temporary((len(buffers),), any(x.batched for x in sources))
        self.steps.append(Step("gather", (), out, Gather(buffers, offsets)))
        if all(x.role in ("parameters", "constant") for x in sources):
            self.gathers[key] = out.buffer
        return out.buffer, np.arange(len(buffers))

    def _stepped(self, location: Location, size: int) -> Location:
        """The location itself, if it lies in even steps that every other can follow; else gathered."""
        if isinstance(location, float) or (np.diff(location[1]) == 1).all():
            return location
        return self._gathered(np.full(size, location[0]), location[1])

    def matrix(self, registers: Array) -> View:
        """A view of registers (lanes, n), gathered where they do not lie in even steps."""
        lanes, n = registers.shape
        flat = registers.ravel()
        (view,), _ = self.read([flat])
        if isinstance(view, float):
            view = View(self._constant(np.full(n, view)), 0, (lanes, n), (0, 1), False)
        shaped = _split_last(view, lanes, n)
        if shaped is None:
            buffer, _ = self._gathered(self.buffer_of[flat], self.offset_of[flat])
            shaped = contiguous(buffer, (lanes, n), self.buffers[buffer].batched)
        return shaped

    def three(self, registers: Array) -> View:
        """A view of registers in three axes, gathered where they do not lie in even steps; a 1 beside a block is."""
        program = self.program
        buffers, offsets = self.buffer_of[registers], self.offset_of[registers]
        constant = program.is_constant(registers)
        if constant.all():
            numbers = program.constants[registers.ravel() - program.first_constant]
            return contiguous(self._constant(numbers), registers.shape, False)
        for axis in (1, 2):
            buffers, offsets = self._with_pad(registers, constant, axis) or (buffers, offsets)
        steps = _even(offsets) if (buffers == buffers.flat[0]).all() else None
        batched = bool(self.batched[registers].any())
        if steps is not None:
            return View(int(buffers.flat[0]), int(offsets.flat[0]), registers.shape, steps, batched)
        buffer, _ = self._gathered(buffers.ravel(), offsets.ravel())
        return contiguous(buffer, registers.shape, batched)

    def in_place(self, registers: Array) -> View | None:
        """A view of registers in any axes where they are, if they lie in even steps."""
        buffers, offsets = self.buffer_of[registers], self.offset_of[registers]
        steps = _even(offsets) if (buffers == buffers.flat[0]).all() else None
        if steps is None:
            return None
        buffer = int(buffers.flat[0])
        return View(buffer, int(offsets.flat[0]), registers.shape, steps, self.buffers[buffer].batched)

    def _with_pad(self, registers: Array, constant: Array, axis: int) -> tuple[Array, Array] | None:
        """Where the numbers lie if the last of an axis is the 1 that was put beside the others."""
        last = np.take(constant, -1, axis)
        if not last.all() or constant.sum() != last.size or registers.shape[axis] < 2:
            return None
        values = self.program.constants[np.take(registers, -1, axis) - self.program.first_constant]
        rest = np.delete(registers, -1, axis)
        buffers, offsets = self.buffer_of[rest], self.offset_of[rest]
        owner = int(buffers.flat[0])
        if (values != 1.0).any() or (buffers != owner).any() or owner not in self.padded:
            return None
        ending = np.expand_dims(np.take(offsets, -1, axis) + 1, axis)
        pad = self.padded[owner]
        if (ending % (pad + 1) != pad).any():  # the next number, and no 1
            return None
        return np.full(registers.shape, owner), np.concatenate([offsets, ending], axis)


def _even(offsets: Array) -> tuple[int, ...] | None:
    """The stride along each axis, where it is the same everywhere."""
    strides, base = [], offsets[(0,) * offsets.ndim]
    grid = np.full(offsets.shape, base)
    for axis, length in enumerate(offsets.shape):
        stride = int(np.take(offsets, min(1, length - 1), axis).flat[0] - base)
        strides.append(stride)
        grid = grid + stride * np.arange(length).reshape([-1 if i == axis else 1 for i in range(offsets.ndim)])
    return tuple(strides) if np.array_equal(grid, offsets) else None


def _split_last(view: View, lanes: int, n: int) -> View | None:
    """The view (…, lanes·n) as (lanes, n) with as many axes as it needs, if an axis ends there."""
    shape, strides, size = list(view.shape), list(view.strides), 1
    tail: list[tuple[int, int]] = []
    while shape and size < n:
        length, stride = shape.pop(), strides.pop()
        if n % (size * length) == 0 or size * length <= n:
            if n % (size * length):
                return None
            tail.insert(0, (length, stride))
            size *= length
        elif (size * length) % n == 0 and n % size == 0:
            inner = n // size
            tail.insert(0, (inner, stride))
            shape.append(length // inner)
            strides.append(stride * inner)
            size = n
        else:
            return None
    last = merged(tail)
    if size != n or (last is None and n > 1):
        return None
    lane_axes = merged(list(zip(shape, strides, strict=True))) if shape else (1, 0)
    if lane_axes is None or lane_axes[0] != lanes:
        return None
    length, stride = last if last is not None else (1, 1)
    return View(view.buffer, view.offset, (lanes, length), (lane_axes[1], stride), view.batched)


def merged(axes: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Axes as one, if a step of the outer is the whole of the inner."""
    axes = [axis for axis in axes if axis[0] != 1] or axes[-1:]
    if not axes:
        return None
    length, stride = axes[-1]
    for outer, step in reversed(axes[:-1]):
        if step != stride * length:
            return None
        length *= outer
    return length, stride


def _is_sequence(program: Program, number: int) -> bool:
    rule = program.operations[program.codes[number]].rule
    return rule.sequences and rule is not MATMUL


def _ends_axis(program: Program, number: int, pad: int) -> bool:
    """Whether a matrix product's lanes still lie in even steps with a gap after each ``pad`` of them."""
    stack, rows, _, columns = program[number].shape
    return stack == 0 or pad in (columns, rows * columns, stack * rows * columns)


def _pads(program: Program) -> dict[int, int]:
    """After how many lanes of an instruction (of an input, −1 − its number) a 1 is kept, for a product with biases."""
    one = np.flatnonzero(program.constants == 1.0)
    if not len(one):
        return {}
    register = program.first_constant + int(one[0])
    pads: dict[int, int] = {}
    starts = np.concatenate([np.cumsum([0, *program.inputs])[:-1], program.starts[:-1]]).astype(np.int64)
    numbers = np.concatenate([-1 - np.arange(len(program.inputs)), np.arange(len(program))])
    sizes = np.concatenate([np.array(program.inputs, np.int64), program.lanes])
    known = {
        int(start): (int(number), int(size)) for start, number, size in zip(starts, numbers, sizes, strict=True) if size
    }
    for i in np.flatnonzero((program.shapes[:, 2] > 1) & (program.shapes[:, 0] > 0)) if len(program.shapes) else []:
        instruction = program[i]
        stack, rows, inner, columns = instruction.shape
        size = stack * rows * inner
        a = instruction.operands[:size].reshape(stack, rows, inner)
        b = instruction.operands[size:].reshape(stack, inner, columns)
        for vectors in (a, b.transpose(0, 2, 1)):
            flat = vectors.reshape(-1, inner)
            head = int(flat[0, 0])
            block = known.get(head)
            if block is not None and block[0] >= 0 and _is_sequence(program, block[0]):
                continue
            if block is None or block[1] != flat[:, :-1].size or (flat[:, -1] != register).any():
                continue
            in_order = np.array_equal(flat[:, :-1].ravel(), head + np.arange(block[1]))
            if in_order and (_ends_axis(program, block[0], inner - 1) if block[0] >= 0 else len(flat) == 1):
                pads[block[0]] = inner - 1
    return pads
