"""The backward part of a lowered program: what each instruction sends to its operands, from the last to the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiler.program import MATMUL, SOFTMAX
from autograd.compiler.run.arrays.adjoints import Adjoints, lanes_of
from autograd.compiler.run.arrays.arrivals import arrivals
from autograd.compiler.run.arrays.layout import GRADIENT, Step
from autograd.compiler.run.arrays.lowering import Laid
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.products import between, wanted_range
from autograd.compiler.run.arrays.short import EXTREMES, shares
from autograd.compiler.run.arrays.views import Scaled, Source, View, contiguous, transposed, widened
from autograd.core.picking import PICK
from autograd.table import RULES, Rule
from autograd.util.arrays import Array

__all__ = ["Backward"]


class Backward(Adjoints):
    """Emits the backward steps of a lowering whose forward steps are there."""

    def run(self) -> None:
        """From the output to the parameters, or to the inputs."""
        program = self.program
        if self.wanted == "inputs":
            for view in self.layout.inputs:
                self.input_gradients.append(view._replace(buffer=self._adjoint(view.buffer)))
        self._seed(int(program.outputs[0]))
        for laid in reversed(self.lowering.parts):
            if isinstance(laid, Laid):
                self._region(laid)
                continue
            instruction = program[laid[0].number]
            if np.count_nonzero(self.active[instruction.start : instruction.start + instruction.lanes]):
                self._instruction(instruction.operation.rule, laid)
        for part, upstream, other in self.lowering.shared.products():
            self._one_side("matmul left", part.view(0), part.registers[0], upstream, other)
        for adjoint in [GRADIENT] if self.wanted == "gradient" else [view.buffer for view in self.input_gradients]:
            self._fill_fresh(adjoint, np.arange(self.layout.buffers[adjoint].size))
            if self.careful:  # where nothing arrived, the gradient is 0
                buffer = self.layout.buffers[adjoint]
                whole = contiguous(adjoint, (buffer.size,), buffer.batched)
                self.steps.append(Step(np.add, (whole, 0.0), whole))

    def _seed(self, output: int) -> None:
        if not self.active[output]:
            return
        program = self.program
        mean = self.wanted == "gradient" and bool(self.lowering.batched[output])
        seed = Scaled(1.0) if mean else 1.0
        buffer, offset = int(self.layout.buffer_of[output]), int(self.layout.offset_of[output])
        alone = not (program.operands == output).any() and self.layout.buffers[buffer].size == 1
        if alone and output >= program.leaves:
            self.whole[buffer] = seed
            return
        view = View(self._adjoint(buffer), offset, (1,), (1,), self.layout.buffers[buffer].batched)
        self.steps.append(Step("fill", (seed,), view))
        self._hold(view.buffer, np.array([offset]))

    # ── instructions ────────────────────────────────────────────────────────────────────────────────────────────────

    def _instruction(self, rule: Rule, parts: list[Part]) -> None:
        self.rule = rule
        for part in parts:
            self.part = part
            upstream = self._upstream(part.out)
            if upstream is None:
                continue
            if rule is MATMUL:
                self._matmul(part, upstream)
            elif rule is SOFTMAX:
                self._softmax(part, upstream)
            elif rule is PICK:
                self._pick(part, upstream)
            elif part.by_term:
                self._by_term(part, upstream)
            elif rule.sequences and part.calls is None:
                self._over_sequences(rule, part, upstream)
            else:
                self._elementwise(part, upstream)

    def _region(self, laid: Laid) -> None:
        region, values = laid.region, laid.values
        active = self.active[np.concatenate([region.imports, region.registers])]
        if not active[len(region.imports) :].any():
            return
        adjoint = self._adjoint(values.buffer)
        coming = arrivals(region, active, np.flatnonzero(~self._fresh(adjoint)))
        self.layout.buffers[adjoint] = self.layout.buffers[adjoint]._replace(size=coming.size)
        whole = contiguous(adjoint, (coming.size,), values.batched)
        totals = self.layout.temporary((max(1, len(region.imports) - laid.alike),), False)
        self.steps.append(Step("region backward", (*laid.tables, totals), whole, (region, coming, laid.alike)))
        rows = contiguous(adjoint, (laid.alike,), values.batched)
        for product, registers in ((rows, region.imports[: laid.alike]), (totals, region.imports[laid.alike :])):
            if self.active[registers].any():
                self._add(product, 1.0, registers)

    def _elementwise(self, part: Part, upstream: Source) -> None:
        sent: list[tuple[View | float, Array, View | float, int]] = []
        for i, (view, registers) in enumerate(zip(part.views, part.registers, strict=True)):
            if not np.count_nonzero(self.active[registers]):
                continue
            local: View | float | None
            if part.calls is None:
                local = part.slopes[i] if part.slopes is not None else None
            else:
                reference = part.calls.local[i]
                local = None if reference is None else self.lowering.compute(part, reference)
            if local is None:
                continue
            same = next((k for k, x in enumerate(sent) if x[0] == view and x[2] == local), None)
            if same is None:
                sent.append((view, registers, local, 1))
            else:
                sent[same] = (*sent[same][:3], sent[same][3] + 1)
        for view, registers, local, times in sent:
            self._send(view, registers, local, upstream, part.out, times)

    def _by_term(self, part: Part, upstream: Source) -> None:
        for view, registers, share in zip(part.views, part.registers, shares(self.lowering, part), strict=True):
            if self.active[registers].any():
                self._send(view, registers, share, upstream, part.out)

    def _over_sequences(self, rule: Rule, part: Part, upstream: Source) -> None:
        xs = part.view(0)
        n = xs.shape[-1]
        slopes = self._slopes(rule, part, xs)
        sent = [x for x in zip(part.views, part.registers, slopes, strict=True) if x[2] is not None]
        times = 1
        if len(sent) == 2 and sent[0][0] == sent[1][0] and sent[0][2] == sent[1][2]:
            sent, times = sent[:1], 2
        wide = widened(upstream, n) if isinstance(upstream, View) else upstream
        for view, registers, slope in sent:
            if slope is not None and self.active[registers].any():
                self._send(view, registers, slope, wide, widened(part.out, n), times)

    def _slopes(self, rule: Rule, part: Part, xs: View) -> Sequence[View | float | None]:
        """The local derivatives in each sequence."""
        if rule is RULES["sum"]:
            return [1.0]
        if rule is RULES["dot"]:
            return [part.views[1], part.views[0]]
        if part.slopes is not None:
            return part.slopes
        slope = self.layout.temporary(xs.shape, part.out.batched)
        if rule in EXTREMES:
            self.steps.append(Step(EXTREMES[rule][1], (xs, part.out), slope))
            return [slope]
        assert part.powers is not None
        powers, others = part.powers
        self.steps.append(Step(np.add, (others, 1.0), others))
        self.steps.append(Step(np.true_divide, (powers, widened(others, xs.shape[-1])), slope))
        return [slope]

    def _softmax(self, part: Part, upstream: Source) -> None:
        """shares·(upstream − Σ shares·upstream): the mean is taken out twice, since the first has a rounding error
        that is large beside the slope of a share near 1.
        """
        shares, upstream, add = part.out, self._as_view(upstream, part.out), self.steps.append
        n = shares.shape[1]
        product, off = (self.layout.temporary(shares.shape, shares.batched) for _ in range(2))
        mean = self.layout.temporary(shares.shape[:1], shares.batched)
        for source in (upstream, off):
            add(Step(np.multiply, (shares, source), product))
            add(Step("sum", (product,), mean))
            add(Step(np.subtract, (source, widened(mean, n)), off))
        self._send(part.view(0), part.registers[0], shares, off, part.out)

    def _pick(self, part: Part, upstream: Source) -> None:
        """Each lane's upstream, to the number that it picked and to no other of its table."""
        table = part.registers[1]
        if not self.active[table].any():
            return
        whole, upstream = part.view(1), self._as_view(upstream, part.out)
        buffers = self.layout.buffer_of[table]
        if (buffers == whole.buffer).all():
            target = whole._replace(buffer=self._adjoint(whole.buffer))
            self._fill_fresh(target.buffer, self.layout.offset_of[table].ravel())
            self.steps.append(Step("give back", (upstream,), target, part.tables))
            return
        gathered = self.layout.temporary(whole.shape, whole.batched)
        self.steps.append(Step("fill", (self.nothing,), gathered))
        self.steps.append(Step("give back", (upstream,), gathered, part.tables))
        self._add(gathered, whole, table)

    def _as_view(self, upstream: Source, out: View) -> View:
        if isinstance(upstream, View):
            return upstream
        filled = self.layout.temporary(out.shape, out.batched)
        self.steps.append(Step("fill", (upstream,), filled))
        return filled

    def _matmul(self, part: Part, upstream: Source) -> None:
        a, b = part.view(0), part.view(1)
        upstream = self._as_view(upstream, part.out)
        if not self.active[part.registers[0]].any():
            pass
        elif not self.lowering.shared.collect(part, upstream, b):
            self._one_side("matmul left", a, part.registers[0], upstream, b)
        if self.active[part.registers[1]].any():
            self._one_side("matmul right", b, part.registers[1], upstream, a)

    def _one_side(self, name: str, view: View, registers: Array, upstream: View, other: View) -> None:
        """The gradient of one operand, or of the rows or columns of it that want one."""
        axis, across = (1, 2) if name == "matmul right" else (2, 1)
        begin, end = wanted_range(self.active[registers], axis)
        view, other = between(view, axis, begin, end), between(other, across, begin, end)
        self._product(name, view, registers.take(range(begin, end), axis), upstream, other)

    def _product(self, name: str, view: View, registers: Array, upstream: View, other: View) -> None:
        """upstream @ otherᵀ, or otherᵀ @ upstream, sent to the view's registers."""
        operands = (upstream, other) if name == "matmul left" else (other, upstream)
        if view.batched and other.batched:
            name, turned = "batched matmul", transposed(other)
            operands = (upstream, turned) if operands[1] is other else (turned, upstream)
        place = self.layout.in_place(registers)
        if place is not None and place.batched == view.batched:
            view = place
        target = self._target(view, registers)
        if target is not None and self._all_fresh(target):
            self.steps.append(Step(name, operands, target))
            self._hold(target.buffer, lanes_of(target))
            return
        product = self.layout.temporary(view.shape, view.batched)
        self.steps.append(Step(name, operands, product))
        self._add(product, view, registers)
