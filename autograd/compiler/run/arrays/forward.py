"""From a program to array steps: where every register lies, and the NumPy calls that compute it and its gradient.

The forward part goes through the instructions in order, the backward part in reverse; what a derivative needs of the
forward part stays in memory until then. Nothing here knows a batch's size: ``plan`` gives memory to the buffers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.program import ALL, ANY, MATMUL, SOFTMAX, Instruction, Program
from autograd.compiler.run.arrays.backward import Backward
from autograd.compiler.run.arrays.groups import region
from autograd.compiler.run.arrays.layout import Step, merged
from autograd.compiler.run.arrays.lowering import Laid, Lowering
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.picks import lower_pick
from autograd.compiler.run.arrays.regions import Item, one_one_off
from autograd.compiler.run.arrays.short import EXTREMES, is_short, short_dot, short_extreme
from autograd.compiler.run.arrays.views import Buffer, View, common_steps, contiguous, widened
from autograd.compiler.trace import trace
from autograd.core.picking import PICK, TABLE
from autograd.table import RULES, Rule
from autograd.util.arrays import Array

__all__ = ["Lowered", "lower"]

_CONDITIONS: dict[Rule, np.ufunc] = {ANY: np.logical_or, ALL: np.logical_and}

FEW = 8
"""Up to so many runs of lanes that lie in even steps are computed each in place; more are gathered first."""


class Lowered(NamedTuple):
    """Steps over buffers. result: where the outputs are."""

    buffers: list[Buffer]
    steps: list[Step]
    result: View
    inputs: list[View]
    input_gradients: list[View]


def lower(program: Program, order: Sequence[Item] | None, wanted: str, careful: bool = False) -> Lowered:
    """The steps for the values ("value"), for the mean and the parameters' gradient ("gradient"), or for each row's
    gradient in its inputs ("inputs").

    order: the instructions and regions as they run; None: each instruction in its place. careful: nothing flows to an
    operand that was not chosen, even through an infinite derivative (``kernels.seal``); and nothing is rearranged.
    """
    lowering = _Forward(program, wanted, careful)
    result = lowering.run(one_one_off(program) if order is None else order)
    if wanted != "value":
        Backward(lowering).run()
    layout = lowering.layout
    return Lowered(layout.buffers, lowering.steps, result, layout.inputs, lowering.input_gradients)


class _Forward(Lowering):
    """Emits the forward steps."""

    def run(self, order: Sequence[Item]) -> View:
        """From the inputs to the outputs; their view."""
        for item in order:
            if item.is_region:
                self.parts.append(self._region(item.numbers))
            elif self.program.operations[self.program.codes[item.numbers[0]]].rule is not TABLE:  # the picks read it
                self.parts.append(self._instruction(int(item.numbers[0])))
        return self._result()

    def _region(self, numbers: Array) -> Laid:
        laid = Laid(region(self.program, numbers, self.active), self.layout)
        self.steps.append(Step("region forward", laid.tables, laid.values, laid.region))
        return laid

    def _instruction(self, number: int) -> list[Part]:
        instruction = self.program[number]
        self.layout.allocate(instruction)
        rule = instruction.operation.rule
        if rule is MATMUL:
            return [self._matmul(instruction)]
        if rule is SOFTMAX:
            return [self._softmax(instruction)]
        if rule is PICK:
            return [lower_pick(self, instruction)]
        if is_short(self, instruction):
            return short_dot(self, instruction) if rule is RULES["dot"] else [short_extreme(self, instruction)]
        return [self._over_sequences(instruction)] if rule.sequences else self._elementwise(instruction)

    def _result(self) -> View:
        outputs = self.program.outputs
        (view,), shape = self.layout.read([outputs])
        batched = bool(self.batched[outputs].any())
        if isinstance(view, View) and self.layout.buffers[view.buffer].role in ("", "kept"):
            return view
        out = self.layout.temporary(shape, batched)
        self.steps.append(Step("copy", (view,), out))
        return out

    def _elementwise(self, instruction: Instruction) -> list[Part]:
        views = self.layout.read_evenly(instruction.operands, instruction.start)
        if views is not None:
            return [self._computed(instruction, list(instruction.operands.T), views)]
        parts, registers = [], np.arange(instruction.start, instruction.start + instruction.lanes)
        for lanes in self._runs(instruction, registers):
            columns = [instruction.operands[lanes, j] for j in range(instruction.operands.shape[1])]
            views, _ = self.layout.read(columns, registers[lanes])
            parts.append(self._computed(instruction, columns, views))
        return parts

    def _computed(self, instruction: Instruction, columns: list[Array], views: list[Any]) -> Part:
        """Compute lanes of which these are the operands, and last the result."""
        *operands, out = views
        constants = tuple([x if isinstance(x, float) else None for x in operands])
        calls = trace(instruction.operation.rule, constants)
        part = Part(instruction.number, columns, operands, out, calls)
        if calls is None:
            self._opaque(instruction, part)
        else:
            self.compute(part, calls.value, out)
        return part

    def _runs(self, instruction: Instruction, own: Array) -> list[slice]:
        """The lanes in as few stretches as lie in even steps; in one, where they are many."""
        if instruction.lanes == 1:
            return [slice(0, 1)]
        columns = [*instruction.operands.T, own]
        keys = [(self.layout.buffer_of[x].astype(np.int64) << 40) + self.layout.offset_of[x] for x in columns]
        if common_steps(keys) is not None:
            return [slice(0, instruction.lanes)]
        steps = np.array([np.diff(key) for key in keys])
        changes = np.flatnonzero((steps[:, 1:] != steps[:, :-1]).any(axis=0)) + 1
        if len(changes) > 2 * FEW and instruction.lanes > FEW:
            return [slice(0, instruction.lanes)]
        runs, start = [], 0
        while start < instruction.lanes:
            later = changes[changes > start]
            end = int(later[0]) + 1 if len(later) else instruction.lanes
            runs.append(slice(start, end))
            start = end
        return runs if len(runs) <= FEW else [slice(0, instruction.lanes)]

    def _opaque(self, instruction: Instruction, part: Part) -> None:
        """A rule that is called as it is: on whole arrays if it can, else number by number."""
        if self.active[instruction.start : instruction.start + instruction.lanes].any():
            part.slopes = []
            for view, registers in zip(part.views, part.registers, strict=True):
                wanted = self.active[registers].any()
                shape = view.shape if isinstance(view, View) else part.out.shape
                part.slopes.append(self.layout.temporary(shape, part.out.batched) if wanted else None)
        self.steps.append(Step("opaque", tuple(part.views), part.out, (instruction.operation.rule, part.slopes)))

    # ── over sequences, and matrix products ─────────────────────────────────────────────────────────────────────────

    def _over_sequences(self, instruction: Instruction) -> Part:
        rule, groups = instruction.operation.rule, len(instruction.operation.rule.operands)
        n = instruction.operands.shape[1] // groups
        columns = [instruction.operands[:, k * n : (k + 1) * n] for k in range(groups)]
        views = [self.layout.matrix(x) for x in columns]
        own = np.arange(instruction.start, instruction.start + instruction.lanes)
        (out,), _ = self.layout.read([own])
        part = Part(instruction.number, columns, views, out, None)
        flat_out = _as_lanes(out, instruction.lanes)
        part.out = flat_out
        if rule is RULES["sum"]:
            self.steps.append(Step("sum", (views[0],), flat_out))
        elif rule is RULES["dot"]:
            self._dot(part)
        elif rule is RULES["logsumexp"] and not self.careful:
            part.powers = self._logsumexp(views[0], flat_out)
        elif rule in _CONDITIONS:
            self.steps.append(Step("reduce", (views[0],), flat_out, _CONDITIONS[rule]))
        elif rule in EXTREMES and not (self.careful and rule.function is not None):
            self.steps.append(Step("reduce", (views[0],), flat_out, EXTREMES[rule][0]))
        else:
            self._opaque(instruction, part)
        return part

    def _logsumexp(self, xs: View, out: View) -> tuple[View, View]:
        """m + ln(1 + Σ e^(x − m)), the sum over all but one of the largest: exact where one outweighs the rest.

        Returns the powers, and the sum of all but one of them.
        """
        n, add = xs.shape[-1], self.steps.append
        powers, largest = self.layout.temporary(xs.shape, out.batched), self.layout.temporary(xs.shape, out.batched)
        others, count = self.layout.temporary(out.shape, out.batched), self.layout.temporary(out.shape, out.batched)
        finite = self.layout.temporary(out.shape, out.batched, True)
        shift = self.layout.temporary(out.shape, out.batched)
        repeated = widened(shift, n)
        add(Step("reduce", (xs,), out, np.maximum))
        add(Step(np.isfinite, (out,), finite))  # ∞ − ∞ is nan, which a comparison further on would hide
        add(Step("where", (finite, out, 0.0), shift))
        add(Step(np.subtract, (xs, repeated), powers))
        add(Step(np.equal, (powers, 0.0), largest))
        add(Step(np.exp, (powers,), powers))
        small = self.layout.temporary(xs.shape, out.batched)
        add(Step(np.subtract, (powers, largest), small))  # e⁰ is 1 exactly, so 0 is left
        add(Step("sum", (small,), others))
        add(Step("sum", (largest,), count))
        add(Step(np.subtract, (count, 1.0), count))  # first: beside 1 a small sum would be lost
        add(Step(np.add, (others, count), others))
        log = self.layout.temporary(out.shape, out.batched)
        add(Step(np.log1p, (others,), log))
        add(Step(np.add, (out, log), out))
        return powers, others

    def _softmax(self, instruction: Instruction) -> Part:
        """e^(x − m) over their sum, m the largest of a row; nan where that is not finite, and then careful."""
        _, rows, n, _ = instruction.shape
        registers, add = instruction.operands.reshape(rows, n), self.steps.append
        xs = self.layout.matrix(registers)
        out = contiguous(
            int(self.layout.buffer_of[instruction.start]), (rows, n), bool(self.batched[instruction.start])
        )
        largest, total = (self.layout.temporary((rows,), out.batched) for _ in range(2))
        add(Step("reduce", (xs,), largest, np.maximum))
        add(Step(np.subtract, (xs, widened(largest, n)), out))
        add(Step(np.exp, (out,), out))
        add(Step("sum", (out,), total))
        add(Step(np.true_divide, (out, widened(total, n)), out))
        return Part(instruction.number, [registers], [xs], out, None)

    def _dot(self, part: Part) -> None:
        x, y = part.view(0), part.view(1)
        keeps_zeros = self.careful or self.program.reads_signs  # an inner product starts from 0, and so loses −0
        if not part.out.batched and part.out.lanes == 1 and not keeps_zeros:
            self.steps.append(Step("inner", (x, y), part.out))
            return
        product = self.layout.temporary(x.shape, part.out.batched)
        self.steps.append(Step(np.multiply, (x, y), product))
        self.steps.append(Step("sum", (product,), part.out))

    def _matmul(self, instruction: Instruction) -> Part:
        stack, rows, inner, columns = instruction.shape
        size = stack * rows * inner
        a = instruction.operands[:size].reshape(stack, rows, inner)
        b = instruction.operands[size:].reshape(stack, inner, columns)
        views = [self.layout.three(a), self.layout.three(b)]
        own = np.arange(instruction.start, instruction.start + instruction.lanes).reshape(stack, rows, columns)
        part = Part(instruction.number, [a, b], views, self.layout.three(own), None)
        both = views[0].batched and views[1].batched
        self.steps.append(Step("batched matmul" if both else "matmul", tuple(views), part.out))
        return part


def _as_lanes(view: View, lanes: int) -> View:
    axis = merged(list(zip(view.shape, view.strides, strict=True)))
    if axis is None or axis[0] != lanes:
        return view
    return view._replace(shape=(lanes,), strides=(axis[1],))
