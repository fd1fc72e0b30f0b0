"""From a program to array steps: where every register lies, and the NumPy calls that compute it and its gradient.

The forward part goes through the instructions in order, the backward part in reverse; what a derivative needs of the
forward part stays in memory until then. Nothing here knows a batch's size: ``plan`` gives memory to the buffers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.program import (
    ALL,
    ANY,
    FOLDED_MAXIMUM,
    FOLDED_MINIMUM,
    MATMUL,
    Instruction,
    Ints,
    Program,
)
from autograd.compiler.trace import Operand, Temporary, Trace, trace
from autograd.compiler.views import Buffer, Scaled, View, common_steps, contiguous
from autograd.table import RULES

__all__ = ["GRADIENT", "PARAMETERS", "Gather", "Lowered", "Scatter", "Step", "lower"]

PARAMETERS, GRADIENT = 0, 1
"""The first two buffers: the parameters as they are given, and where their gradient goes."""

_REDUCTIONS: dict[Any, Any] = {
    FOLDED_MAXIMUM: np.maximum, FOLDED_MINIMUM: np.minimum, ANY: np.logical_or, ALL: np.logical_and,
}  # fmt: skip

FEW = 8
"""Up to so many runs of lanes that lie in even steps are computed each in place; more are gathered first."""


class Step(NamedTuple):
    """One call. function: a ufunc, or the name of one of plan's. operands: Views and numbers. extra: what else."""

    function: Any
    operands: tuple[Any, ...]
    out: View | None
    extra: Any = None


class Gather(NamedTuple):
    """Registers to read, wherever they lie: lane i from ``offsets[i]`` of ``buffers[i]``."""

    buffers: Ints
    offsets: Ints


class Scatter(NamedTuple):
    """The same, to add to. fresh: those that hold nothing yet."""

    buffers: Ints
    offsets: Ints


class Lowered(NamedTuple):
    """Steps over buffers. result: where the outputs are. forward: how many steps come before the backward part."""

    buffers: list[Buffer]
    steps: list[Step]
    result: View
    forward: int
    inputs: list[View]
    input_gradients: list[View]


class _Part:
    """Some lanes of an instruction, laid out: the operands' views (or numbers), the result's, and what was computed."""

    __slots__ = ("calls", "number", "out", "registers", "temporaries", "views")

    def __init__(self, number: int, registers: list[Ints], views: list[Any], out: View, calls: Any) -> None:
        self.number, self.registers, self.views, self.out, self.calls = number, registers, views, out, calls
        self.temporaries: dict[int, Any] = {}


def lower(program: Program, wanted: str, careful: bool = False) -> Lowered:
    """The steps for the values ("value"), for the mean and the parameters' gradient ("gradient"), or for each row's
    gradient in its inputs ("inputs").

    careful: a zero upstream contributes nothing even through an infinite derivative, and nothing is rearranged.
    """
    lowering = _Lowering(program, wanted, careful)
    lowering.forward()
    forward = len(lowering.steps)
    if wanted != "value":
        lowering.backward()
    return Lowered(
        lowering.buffers, lowering.steps, lowering.result, forward, lowering.input_views, lowering.input_gradients
    )


class _Lowering:
    def __init__(self, program: Program, wanted: str, careful: bool) -> None:
        self.program, self.wanted, self.careful = program, wanted, careful
        self.batched = program.batched
        self.steps: list[Step] = []
        self.parts: list[list[Any]] = []
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
        self.input_views = [self._input(i) for i in range(len(program.inputs))]
        self.constant_buffer = self.new(Buffer(len(program.constants), False, role="constant", data=program.constants))
        places = slice(program.first_constant, program.leaves)
        self.buffer_of[places], self.offset_of[places] = self.constant_buffer, np.arange(len(program.constants))
        self.adjoints: dict[int, int] = {PARAMETERS: GRADIENT} if wanted == "gradient" else {}
        self.written: dict[int, Any] = {}
        self.input_gradients: list[View] = []
        self.active = self._active()

    # ── memory ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def new(self, buffer: Buffer) -> int:
        self.buffers.append(buffer)
        return len(self.buffers) - 1

    def temporary(self, shape: tuple[int, ...], batched: bool, truth: bool = False) -> View:
        size = int(np.prod(shape, dtype=np.int64))
        return contiguous(self.new(Buffer(size, batched, truth)), shape, batched)

    def _input(self, number: int) -> View:
        size = self.program.inputs[number]
        start = sum(self.program.inputs[:number])
        pad = self.pads.get(-1 - number)
        buffer = self.new(Buffer(size + (pad is not None), True, role="input", by_row=pad is not None or size > 64))
        self.buffer_of[start : start + size], self.offset_of[start : start + size] = buffer, np.arange(size)
        view = contiguous(buffer, (size,), True)
        if pad is not None:
            self.steps.append(Step("once", (1.0,), View(buffer, size, (1,), (1,), True)))
        return view

    def _place(self, made: Instruction) -> None:
        """Give an instruction's lanes their place: one after the other, or with room for a 1 after each ``pad``."""
        registers = slice(made.start, made.start + made.lanes)
        batched = bool(self.batched[made.start])
        offsets = np.arange(made.lanes)
        pad = self.pads.get(made.number)
        size = made.lanes
        if pad is not None:
            offsets = offsets + offsets // pad
            size += made.lanes // pad
        buffer = self.new(Buffer(size, batched, role="kept" if pad is not None else ""))
        if pad is not None:
            self.steps.append(Step("once", (1.0,), View(buffer, pad, (made.lanes // pad,), (pad + 1,), batched)))
        self.buffer_of[registers], self.offset_of[registers] = buffer, offsets

    def _active(self) -> Any:
        """Which registers the wanted gradient flows through."""
        program = self.program
        active = bytearray(int(program.starts[-1]))
        if self.wanted == "gradient":
            active[program.first_parameter : program.first_constant] = b"\x01" * program.parameters
        elif self.wanted == "inputs":
            active[: program.first_parameter] = b"\x01" * program.first_parameter
        else:
            return np.zeros(len(active), bool)
        operands, first, starts = program.operands.tolist(), program.first.tolist(), program.starts.tolist()
        stopped = [x.stopped for x in program.operations]
        for i, code in enumerate(program.codes.tolist()):
            if not stopped[code] and any([active[x] for x in operands[first[i] : first[i + 1]]]):
                active[starts[i] : starts[i + 1]] = b"\x01" * (starts[i + 1] - starts[i])
        return np.frombuffer(bytes(active), bool)

    # ── forward ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def forward(self) -> None:
        for i in range(len(self.program)):
            made = self.program[i]
            self._place(made)
            rule = made.operation.rule
            if rule is MATMUL:
                self.parts.append([self._matmul(made)])
            elif rule.sequences:
                self.parts.append([self._over_sequences(made)])
            else:
                self.parts.append(self._elementwise(made))
        self.result = self._result()

    def _result(self) -> View:
        outputs = self.program.outputs
        (view,), shape = self.read([outputs])
        batched = bool(self.batched[outputs].any())
        if isinstance(view, View) and self.buffers[view.buffer].role in ("", "kept"):
            return view
        out = self.temporary(shape, batched)
        self.steps.append(Step("copy", (view,), out))
        return out

    def read(self, columns: list[Ints], out: Ints | None = None) -> tuple[list[Any], tuple[int, ...]]:
        """A view of each column of registers, all of one shape; or a number where a column is one constant.

        A column that does not lie in even steps is gathered. out: registers that have to be viewed where they are, and
        come last.
        """
        program = self.program
        places: list[Any] = []
        for registers in columns:
            constant = (registers >= program.first_constant) & (registers < program.leaves)
            if constant.all():
                numbers = program.constants[registers - program.first_constant]
                same = len(set(numbers.tolist())) == 1 or np.isnan(numbers).all()
                places.append(float(numbers[0]) if same else (self._constant(numbers), np.arange(len(numbers))))
            else:
                places.append(self._located(registers))
        if out is not None:
            places.append(self._located(out))
        steps = common_steps([x[1] for x in places if isinstance(x, tuple)])
        if steps is None:
            places = [self._stepped(x, len(columns[0])) for x in places]
            steps = common_steps([x[1] for x in places if isinstance(x, tuple)])
        assert steps is not None
        shape, found = steps[0], iter(steps[1])
        shape = shape if shape or not len(columns[0]) else (1,)
        views: list[Any] = []
        for place in places:
            if isinstance(place, float):
                views.append(place)
                continue
            offset, strides = next(found)
            batched = self.buffers[place[0]].batched
            views.append(View(place[0], offset, shape, strides or (1,), batched))
        return views, shape

    def _constant(self, numbers: Any) -> int:
        return self.new(Buffer(len(numbers), False, role="constant", data=np.array(numbers, float)))

    def _located(self, registers: Ints) -> tuple[int, Ints]:
        """The buffer that holds them all, and where in it; gathered first, if there is none."""
        buffers = self.buffer_of[registers]
        if (buffers == buffers[0]).all():
            return int(buffers[0]), self.offset_of[registers]
        return self._gathered(buffers, self.offset_of[registers])

    def _gathered(self, buffers: Ints, offsets: Ints) -> tuple[int, Ints]:
        batched = any(self.buffers[x].batched for x in set(buffers.tolist()))
        out = self.temporary((len(buffers),), batched)
        self.steps.append(Step("gather", (), out, Gather(buffers, offsets)))
        return out.buffer, np.arange(len(buffers))

    def _stepped(self, place: Any, size: int) -> Any:
        """The place itself, if it lies in even steps that every other can follow; else gathered."""
        if isinstance(place, float) or (np.diff(place[1]) == 1).all():
            return place
        return self._gathered(np.full(size, place[0]), place[1])

    def _elementwise(self, made: Instruction) -> list[_Part]:
        parts = []
        own = np.arange(made.start, made.start + made.lanes)
        for lanes in self._runs(made, own):
            columns = [made.operands[lanes, j] for j in range(made.operands.shape[1])]
            (*views, out), _ = self.read(columns, own[lanes])
            constants = tuple(x if isinstance(x, float) else None for x in views)
            calls = trace(made.operation.rule, constants)
            part = _Part(made.number, columns, views, out, calls)
            if calls is None:
                self._opaque(made, part, views, [(view, column) for view, column in zip(views, columns, strict=True)])
            else:
                self._compute(part, calls.value, out)
            parts.append(part)
        return parts

    def _runs(self, made: Instruction, own: Ints) -> list[slice]:
        """The lanes in as few stretches as lie in even steps; in one, where they are many."""
        if made.lanes <= 2 and made.lanes == 1:
            return [slice(0, 1)]
        columns = [*made.operands.T, own]
        keys = [(self.buffer_of[x].astype(np.int64) << 40) + self.offset_of[x] for x in columns]
        if common_steps(keys) is not None:
            return [slice(0, made.lanes)]
        steps = np.array([np.diff(key) for key in keys])
        changes = np.flatnonzero((steps[:, 1:] != steps[:, :-1]).any(axis=0)) + 1
        if len(changes) > 2 * FEW and made.lanes > FEW:
            return [slice(0, made.lanes)]
        runs, start = [], 0
        while start < made.lanes:
            later = changes[changes > start]
            end = int(later[0]) + 1 if len(later) else made.lanes
            runs.append(slice(start, end))
            start = end
        return runs if len(runs) <= FEW else [slice(0, made.lanes)]

    def _compute(self, part: _Part, reference: Any, out: View | None = None) -> Any:
        """The view, or the number, of a reference, computed if it is not yet; into ``out`` where that is given."""
        if isinstance(reference, Operand):
            found = part.views[reference.place]
        elif isinstance(reference, Temporary):
            if reference.place not in part.temporaries:
                call = part.calls.calls[reference.place]
                operands = tuple(self._compute(part, x) for x in call.operands)
                if out is None:
                    out = self.temporary(part.out.shape, part.out.batched, call.truth)
                self._emit(part, call, operands, out)
                part.temporaries[reference.place] = out
                return out
            found = part.temporaries[reference.place]
        else:
            found = reference
        if out is None:
            return found
        self.steps.append(Step("copy" if isinstance(found, View) else "fill", (found,), out))
        return out

    def _emit(self, part: _Part, call: Any, operands: tuple[Any, ...], out: View) -> None:
        function, extra = call.function, None
        if function == "where":
            condition = operands[0]
            if isinstance(condition, View) and not self.buffers[condition.buffer].truth:
                truth = self.temporary(part.out.shape, part.out.batched, True)
                self.steps.append(Step(np.not_equal, (condition, 0.0), truth))
                operands = (truth, *operands[1:])
        elif function == "step":
            extra = self.careful or not self._is_rectified(part, call)
            if extra and not self.careful and operands[1] == 0.0:
                function, operands, extra = np.greater, (operands[0], 0.0), None
        self.steps.append(Step(function, operands, out, extra))

    def _is_rectified(self, part: _Part, call: Any) -> bool:
        """Whether it is the step of a number that is 0 or more: then that is its sign."""
        source = call.operands[0]
        if not isinstance(source, Temporary) or call.operands[1] != 0.0:
            return False
        made = part.calls.calls[source.place]
        return made.function is np.maximum and 0.0 in made.operands

    def _opaque(self, made: Instruction, part: _Part, views: list[Any], columns: list[Any]) -> None:
        """A rule that is called as it is: on whole arrays if it can, else number by number."""
        local = None
        if self.active[made.start : made.start + made.lanes].any():
            local = []
            for view, registers in columns:
                wanted = self.active[registers].any()
                shape = view.shape if isinstance(view, View) else part.out.shape
                local.append(self.temporary(shape, part.out.batched) if wanted else None)
        part.temporaries[-1] = local
        self.steps.append(Step("opaque", tuple(views), part.out, (made.operation.rule, local)))

    # ── over sequences, and matrix products ─────────────────────────────────────────────────────────────────────────

    def matrix(self, registers: Ints, own: Ints | None = None) -> tuple[Any, View | None]:
        """A view of registers (lanes, n) with n as the last axis, and of the result's registers (lanes) beside it."""
        lanes, n = registers.shape
        flat = registers.ravel()
        (view,), _ = self.read([flat])
        if isinstance(view, float):
            view = View(self._constant(np.full(n, view)), 0, (lanes, n), (0, 1), False)
        shaped = _split_last(view, lanes, n)
        if shaped is None:
            buffer, offsets = self._gathered(self.buffer_of[flat], self.offset_of[flat])
            shaped = contiguous(buffer, (lanes, n), self.buffers[buffer].batched)
        return shaped, None

    def _over_sequences(self, made: Instruction) -> _Part:
        rule, groups = made.operation.rule, len(made.operation.rule.operands)
        n = made.operands.shape[1] // groups
        columns = [made.operands[:, k * n : (k + 1) * n] for k in range(groups)]
        views = [self.matrix(x)[0] for x in columns]
        own = np.arange(made.start, made.start + made.lanes)
        (out,), _ = self.read([own])
        part = _Part(made.number, columns, views, out, None)
        flat_out = _as_lanes(out, made.lanes)
        part.out = flat_out
        if rule is RULES["sum"]:
            self.steps.append(Step("sum", (views[0],), flat_out))
        elif rule is RULES["dot"]:
            self._dot(part)
        elif rule is RULES["logsumexp"] and not self.careful:
            self._logsumexp(views[0], flat_out)
        elif rule in _REDUCTIONS:
            self.steps.append(Step("reduce", (views[0],), flat_out, _REDUCTIONS[rule]))
        else:
            self._opaque(made, part, views, list(zip(views, columns, strict=True)))
        return part

    def _logsumexp(self, xs: View, out: View) -> None:
        """m + ln(1 + Σ e^(x − m)), the sum over all but one of the largest: exact where one outweighs the rest."""
        n, add = xs.shape[-1], self.steps.append
        powers, largest = self.temporary(xs.shape, out.batched), self.temporary(xs.shape, out.batched)
        others, count = self.temporary(out.shape, out.batched), self.temporary(out.shape, out.batched)
        repeated = out._replace(shape=(*out.shape, n), strides=(*out.strides, 0))
        add(Step("reduce", (xs,), out, np.maximum))
        add(Step(np.subtract, (xs, repeated), powers))
        add(Step(np.equal, (powers, 0.0), largest))
        add(Step(np.exp, (powers,), powers))
        add(Step(np.subtract, (powers, largest), powers))  # e⁰ is 1 exactly, so 0 is left
        add(Step("sum", (powers,), others))
        add(Step("sum", (largest,), count))
        add(Step(np.add, (others, count), others))
        add(Step(np.subtract, (others, 1.0), others))
        add(Step(np.log1p, (others,), others))
        add(Step(np.add, (out, others), out))

    def _dot(self, part: _Part) -> None:
        x, y = part.views
        if not part.out.batched and part.out.lanes == 1:
            self.steps.append(Step("inner", (x, y), part.out))
            return
        product = self.temporary(x.shape, part.out.batched)
        self.steps.append(Step(np.multiply, (x, y), product))
        self.steps.append(Step("sum", (product,), part.out))

    def _matmul(self, made: Instruction) -> _Part:
        stack, rows, inner, columns = made.shape
        size = stack * rows * inner
        a = made.operands[:size].reshape(stack, rows, inner)
        b = made.operands[size:].reshape(stack, inner, columns)
        views = [self._three(a), self._three(b)]
        own = np.arange(made.start, made.start + made.lanes).reshape(stack, rows, columns)
        part = _Part(made.number, [a, b], views, self._three(own), None)
        self.steps.append(Step("matmul", tuple(views), part.out))
        return part

    def _three(self, registers: Ints) -> View:
        """A view of registers in three axes, gathered where they do not lie in even steps; a 1 beside a block is."""
        program = self.program
        buffers, offsets = self.buffer_of[registers], self.offset_of[registers]
        constant = (registers >= program.first_constant) & (registers < program.leaves)
        if constant.all():
            numbers = program.constants[registers.ravel() - program.first_constant]
            return contiguous(self._constant(numbers), registers.shape, False)
        for axis in (1, 2):
            moved_buffers, moved = self._with_pad(registers, constant, axis)
            if moved is not None:
                buffers, offsets = moved_buffers, moved
        steps = _even(offsets) if (buffers == buffers.flat[0]).all() else None
        batched = bool(self.batched[registers].any())
        if steps is not None:
            return View(int(buffers.flat[0]), int(offsets.flat[0]), registers.shape, steps, batched)
        buffer, _ = self._gathered(buffers.ravel(), offsets.ravel())
        return contiguous(buffer, registers.shape, batched)

    def _with_pad(self, registers: Ints, constant: Any, axis: int) -> tuple[Any, Any]:
        """Where the numbers lie if the last of an axis is the 1 that was put beside the others."""
        last = np.take(constant, -1, axis)
        if not last.all() or constant.sum() != last.size or registers.shape[axis] < 2:
            return None, None
        values = self.program.constants[np.take(registers, -1, axis) - self.program.first_constant]
        rest = np.delete(registers, -1, axis)
        buffers, offsets = self.buffer_of[rest], self.offset_of[rest]
        owner = int(buffers.flat[0])
        if (values != 1.0).any() or (buffers != owner).any() or owner not in self._padded_buffers():
            return None, None
        ending = np.expand_dims(np.take(offsets, -1, axis) + 1, axis)
        return np.full(registers.shape, owner), np.concatenate([offsets, ending], axis)

    def _padded_buffers(self) -> set[int]:
        starts = self.program.starts
        found = set()
        for number in self.pads:
            register = sum(self.program.inputs[: -1 - number]) if number < 0 else int(starts[number])
            found.add(int(self.buffer_of[register]))
        return found

    # ── backward: in lower_back ─────────────────────────────────────────────────────────────────────────────────────

    def backward(self) -> None:
        from autograd.compiler.lower_back import Backward

        Backward(self).run()


def _even(offsets: Ints) -> tuple[int, ...] | None:
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
    merged = _merged(tail)
    if size != n or (merged is None and n > 1):
        return None
    lane_axes = _merged(list(zip(shape, strides, strict=True))) if shape else (1, 0)
    if lane_axes is None or lane_axes[0] != lanes:
        return None
    length, stride = merged if merged is not None else (1, 1)
    return View(view.buffer, view.offset, (lanes, length), (lane_axes[1], stride), view.batched)


def _merged(axes: list[tuple[int, int]]) -> tuple[int, int] | None:
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


def _as_lanes(view: View, lanes: int) -> View:
    merged = _merged(list(zip(view.shape, view.strides, strict=True)))
    if merged is None or merged[0] != lanes:
        return view
    return view._replace(shape=(lanes,), strides=(merged[1],))


def _is_sequence(program: Program, number: int) -> bool:
    rule = program.operations[program.codes[number]].rule
    return rule.sequences and rule is not MATMUL


def _pads(program: Program) -> dict[int, int]:
    """After how many lanes of an instruction (of an input, −1 − its number) a 1 is kept, for a product with biases."""
    one = np.flatnonzero(program.constants == 1.0)
    if not len(one):
        return {}
    register = program.first_constant + int(one[0])
    pads: dict[int, int] = {}
    places = np.concatenate([np.cumsum([0, *program.inputs])[:-1], program.starts[:-1]]).astype(np.int64)
    numbers = np.concatenate([-1 - np.arange(len(program.inputs)), np.arange(len(program))])
    sizes = np.concatenate([np.array(program.inputs, np.int64), program.lanes])
    known = {
        int(place): (int(number), int(size)) for place, number, size in zip(places, numbers, sizes, strict=True) if size
    }
    for i in np.flatnonzero(program.shapes[:, 2] > 1) if len(program.shapes) else []:
        stack, rows, inner, columns = program[i].shape
        size = stack * rows * inner
        a = program[i].operands[:size].reshape(stack, rows, inner)
        b = program[i].operands[size:].reshape(stack, inner, columns)
        for vectors in (a, b.transpose(0, 2, 1)):
            flat = vectors.reshape(-1, inner)
            head = int(flat[0, 0])
            block = known.get(head)
            if block is not None and block[0] >= 0 and _is_sequence(program, block[0]):
                continue
            if block is None or block[1] != flat[:, :-1].size or (flat[:, -1] != register).any():
                continue
            if np.array_equal(flat[:, :-1].ravel(), head + np.arange(block[1])) and (block[0] >= 0 or len(flat) == 1):
                pads[block[0]] = inner - 1
    return pads
