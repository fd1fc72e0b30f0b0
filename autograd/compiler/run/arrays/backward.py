"""The backward part of a lowered program: what each instruction sends to its operands, from the last to the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiler.program import FOLDED_MAXIMUM, FOLDED_MINIMUM, MATMUL, SOFTMAX
from autograd.compiler.run.arrays.layout import GRADIENT, Scatter, Step
from autograd.compiler.run.arrays.lowering import Lowering, Part
from autograd.compiler.run.arrays.views import NOTHING, Buffer, Scaled, Source, View, contiguous, transposed, widened
from autograd.core.picking import PICK
from autograd.table import RULES, Rule
from autograd.util.arrays import Array

__all__ = ["Backward"]


class Backward:
    """Emits the backward steps of a lowering whose forward steps are there."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.layout, self.program = lowering.layout, lowering.program
        self.steps, self.active = lowering.steps, lowering.active
        self.wanted, self.careful = lowering.wanted, lowering.careful
        self.adjoints, self.input_gradients = lowering.adjoints, lowering.input_gradients
        self.uses = np.bincount(self.program.operands, minlength=int(self.program.starts[-1]))
        np.add.at(self.uses, self.program.outputs, 2)
        self.fresh: dict[int, Array] = {}  # by adjoint buffer: which lanes hold nothing yet
        self.whole: dict[int, Scaled | float] = {}  # by buffer: an adjoint that is one number for all its lanes
        self.nothing = NOTHING if lowering.careful else 0.0

    def run(self) -> None:
        """From the output to the parameters, or to the inputs."""
        program = self.program
        if self.wanted == "inputs":
            for view in self.layout.inputs:
                self.input_gradients.append(view._replace(buffer=self._adjoint(view.buffer)))
        self._seed(int(program.outputs[0]))
        for i in range(len(program) - 1, -1, -1):
            instruction = program[i]
            if self.active[instruction.start : instruction.start + instruction.lanes].any():
                self._instruction(instruction.operation.rule, self.lowering.parts[i])
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

    # ── adjoint memory ──────────────────────────────────────────────────────────────────────────────────────────────

    def _adjoint(self, buffer: int) -> int:
        if buffer not in self.adjoints:
            like = self.layout.buffers[buffer]
            role = "kept" if like.role == "input" else ""
            self.adjoints[buffer] = self.layout.new(Buffer(like.size, like.batched, role=role, by_row=like.by_row))
        return self.adjoints[buffer]

    def _fresh(self, adjoint: int) -> Array:
        if adjoint not in self.fresh:
            self.fresh[adjoint] = np.ones(self.layout.buffers[adjoint].size, bool)
        return self.fresh[adjoint]

    def _hold(self, adjoint: int, lanes: Array) -> None:
        self._fresh(adjoint)[lanes] = False

    def _fill_fresh(self, adjoint: int, lanes: Array) -> None:
        """Zeros, or what stands for nothing, in those of the lanes that hold nothing yet."""
        empty = np.unique(lanes[self._fresh(adjoint)[lanes]])
        if not len(empty):
            return
        batched = self.layout.buffers[adjoint].batched
        for run in np.split(empty, np.flatnonzero(np.diff(empty) != 1) + 1):
            view = View(adjoint, int(run[0]), (len(run),), (1,), batched)
            self.steps.append(Step("fill", (self.nothing,), view))
        self._hold(adjoint, empty)

    def _upstream(self, out: View) -> Source | None:
        """What has arrived at a view of an instruction's lanes: a view, or one number; None if nothing has."""
        if out.buffer in self.whole:
            return self.whole[out.buffer]
        adjoint = self._adjoint(out.buffer)
        lanes = _lanes(out)
        if self._fresh(adjoint)[lanes].all():
            return None
        self._fill_fresh(adjoint, lanes)
        return out._replace(buffer=adjoint)

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
            elif rule.sequences:
                self._over_sequences(rule, part, upstream)
            else:
                self._elementwise(part, upstream)

    def _elementwise(self, part: Part, upstream: Source) -> None:
        sent: list[tuple[View | float, Array, View | float, int]] = []
        for i, (view, registers) in enumerate(zip(part.views, part.registers, strict=True)):
            if not self.active[registers].any():
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
        if rule in (FOLDED_MAXIMUM, FOLDED_MINIMUM):
            self.steps.append(Step("folded shares", (xs, part.out), slope))
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
        for view, registers, name, other in (
            (a, part.registers[0], "matmul left", b),
            (b, part.registers[1], "matmul right", a),
        ):
            active = self.active[registers]
            if not active.any():
                continue
            if name == "matmul right" and not active[:, -1].any() and active[:, :-1].all():  # a row of ones
                registers = registers[:, :-1]
                inner = view.shape[1] - 1
                view = view._replace(shape=(view.shape[0], inner, view.shape[2]))
                other = other._replace(shape=(*other.shape[:2], inner))
            elif name == "matmul left" and not active[:, :, -1].any() and active[:, :, :-1].all():
                registers = registers[:, :, :-1]
                inner = view.shape[2] - 1
                view = view._replace(shape=(*view.shape[:2], inner))
                other = other._replace(shape=(other.shape[0], inner, other.shape[2]))
            self._product(name, view, registers, upstream, other)

    def _product(self, name: str, view: View, registers: Array, upstream: View, other: View) -> None:
        """upstream @ otherᵀ, or otherᵀ @ upstream, sent to the view's registers."""
        operands = (upstream, other) if name == "matmul left" else (other, upstream)
        if view.batched and other.batched:
            name, turned = "batched matmul", transposed(other)
            operands = (upstream, turned) if operands[1] is other else (turned, upstream)
        target = self._target(view, registers)
        if target is not None and self._fresh(target.buffer)[_lanes(target)].all():
            self.steps.append(Step(name, operands, target))
            self._hold(target.buffer, _lanes(target))
            return
        product = self.layout.temporary(view.shape, view.batched)
        self.steps.append(Step(name, operands, product))
        self._add(product, view, registers)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _target(self, view: View, registers: Array) -> View | None:
        """Where the gradient of a view's registers is kept, if it lies as the view does and no lane is there twice."""
        buffer = self.layout.buffers[view.buffer]
        if buffer.role == "constant" or any(s == 0 and n > 1 for s, n in zip(view.strides, view.shape, strict=True)):
            return None
        flat = registers.ravel()
        if (self.layout.buffer_of[flat] != view.buffer).any() or not self.active[flat].all():
            return None
        lanes = _lanes(view)
        if not np.array_equal(self.layout.offset_of[flat], lanes) or len(np.unique(lanes)) != len(lanes):
            return None
        return view._replace(buffer=self._adjoint(view.buffer))

    def _send(
        self, view: View | float, registers: Array, local: View | float, upstream: Source, out: View, times: int = 1
    ) -> None:
        """local · upstream, ``times`` over, added to the adjoints of the registers."""
        if self.rule.chooses is True and local == 0.0:
            return
        shape = out.shape
        over_batch = out.batched and not (isinstance(view, View) and view.batched)
        summed = (
            [i for i, s in enumerate(view.strides) if s == 0 and view.shape[i] > 1] if isinstance(view, View) else []
        )
        if isinstance(view, View) and not over_batch and not summed:
            if local == 1.0 and times == 1 and self._aliased(view, registers, upstream):
                return
            target = self._target(view, registers)
            if target is not None and self._fresh(target.buffer)[_lanes(target)].all():
                self._multiply(local, upstream, target, times)
                self._hold(target.buffer, _lanes(target))
                return
        product = self._product_view(local, upstream, shape, out.batched, times)
        if over_batch or summed:
            product, view, registers = self._summed(product, view, registers, over_batch, summed)
        self._add(product, view, registers)

    def _aliased(self, view: View, registers: Array, upstream: Source) -> bool:
        """Let an adjoint be the upstream itself: of a whole instruction that nothing else uses."""
        flat = registers.ravel()
        if not isinstance(upstream, View) or view.buffer in self.adjoints or self.layout.buffers[view.buffer].role:
            return False
        size = self.layout.buffers[view.buffer].size
        alike = (view.offset, view.shape, view.strides) == (upstream.offset, upstream.shape, upstream.strides)
        if not alike or self.layout.buffers[upstream.buffer] != self.layout.buffers[view.buffer] or view.lanes != size:
            return False
        if (self.layout.buffer_of[flat] != view.buffer).any() or (self.uses[flat] != 1).any():
            return False
        self.adjoints[view.buffer] = upstream.buffer
        self.fresh[upstream.buffer] = np.zeros(size, bool)
        return True

    def _product_view(
        self, local: View | float, upstream: Source, shape: tuple[int, ...], batched: bool, times: int
    ) -> View:
        if local == 1.0 and times == 1 and isinstance(upstream, View) and upstream.shape == shape:
            return upstream
        product = self.layout.temporary(shape, batched)
        self._multiply(local, upstream, product, times)
        return product

    def _multiply(self, local: View | float, upstream: Source, out: View, times: int) -> None:
        self._put_product(local, upstream, out, times)
        if self.careful:  # also a seed times a −0 is a number
            operands = self.part.views if callable(self.rule.chooses) else ()
            self.steps.append(Step("seal", (upstream, local, *operands), out, self.rule))

    def _put_product(self, local: View | float, upstream: Source, out: View, times: int) -> None:
        if not isinstance(upstream, View):
            factor = upstream.factor * times if isinstance(upstream, Scaled) else upstream * times
            if not isinstance(local, View):
                number = Scaled(factor * local) if isinstance(upstream, Scaled) else factor * local
                self.steps.append(Step("fill", (number,), out))
                return
            number = Scaled(factor) if isinstance(upstream, Scaled) else factor
            self.steps.append(Step("copy", (local,), out) if number == 1.0 else Step(np.multiply, (local, number), out))
        elif not isinstance(local, View):
            if local * times == 1.0:
                self.steps.append(Step("copy", (upstream,), out))
            else:
                minus = local * times == -1.0
                operands = (upstream,) if minus else (upstream, local * times)
                self.steps.append(Step(np.negative if minus else np.multiply, operands, out))
        else:
            self.steps.append(Step(np.multiply, (local, upstream), out))
            if times > 1:
                self.steps.append(Step(np.multiply, (out, float(times)), out))

    def _summed(
        self, product: View, view: View | float, registers: Array, over_batch: bool, axes: list[int]
    ) -> tuple[View, View | float, Array]:
        """The sum over the batch, and over the axes along which one register is used again and again."""
        shape = product.shape
        if over_batch:
            total = self.layout.temporary(shape, False)
            self.steps.append(Step("sum over batch", (product,), total, self.careful))
            product = total
        if isinstance(view, View) and axes:
            left = tuple(length for i, length in enumerate(shape) if i not in axes) or (1,)
            total = self.layout.temporary(left, product.batched)
            self.steps.append(Step("sum over axes", (product,), total, (tuple(axes), self.careful)))
            chosen = registers.reshape(shape)[tuple(0 if i in axes else slice(None) for i in range(len(shape)))]
            strides = tuple(s for i, s in enumerate(view.strides) if i not in axes) or (1,)
            return total, view._replace(shape=left, strides=strides), np.atleast_1d(chosen)
        return product, view, registers

    def _add(self, product: View, view: View | float, registers: Array) -> None:
        """Add a product to the adjoints of the registers: in place where they lie in steps, else lane by lane."""
        target = self._target(view, registers) if isinstance(view, View) else None
        if target is not None:
            lanes = _lanes(target)
            fresh = self._fresh(target.buffer)[lanes]
            if fresh.all():
                self.steps.append(Step("copy", (product,), target))
            else:
                self._fill_fresh(target.buffer, lanes)
                self.steps.append(Step(np.add, (target, product), target))
            self._hold(target.buffer, lanes)
            return
        flat = registers.ravel()
        if contiguous(product.buffer, product.shape, product.batched, product.offset) != product:
            copy = self.layout.temporary(product.shape, product.batched)
            self.steps.append(Step("copy", (product,), copy))
            product = copy
        total = product
        wanted = np.flatnonzero(self.active[flat])
        buffers = self.layout.buffer_of[flat[wanted]]
        for buffer in np.unique(buffers):
            lanes = wanted[buffers == buffer]
            offsets, adjoint = self.layout.offset_of[flat[lanes]], self._adjoint(int(buffer))
            batched = self.layout.buffers[adjoint].batched
            if product.batched and not batched and total is product:
                total = self.layout.temporary(product.shape, False)
                self.steps.append(Step("sum over batch", (product,), total, self.careful))
            self._fill_fresh(adjoint, offsets)
            whole = contiguous(adjoint, (self.layout.buffers[adjoint].size,), batched)
            self.steps.append(Step("scatter", (product if batched else total,), whole, Scatter(lanes, offsets)))


def _lanes(view: View) -> Array:
    """The lanes of a view in its buffer."""
    lanes = np.array([view.offset])
    for length, stride in zip(view.shape, view.strides, strict=True):
        lanes = (lanes[:, None] + stride * np.arange(length)).ravel()
    return lanes
