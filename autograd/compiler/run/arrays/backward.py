"""The backward part of a lowered program: what each instruction sends to its operands, from the last to the first."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.program import FOLDED_MAXIMUM, FOLDED_MINIMUM, MATMUL, Instruction
from autograd.compiler.run.arrays.layout import Scatter, Step
from autograd.compiler.run.arrays.views import NOTHING, Buffer, Scaled, View, contiguous
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["Backward"]


class Backward:
    """Emits the backward steps of a lowering whose forward steps are there."""

    def __init__(self, lowering: Any) -> None:
        self.low = lowering
        self.program, self.steps, self.active = lowering.program, lowering.steps, lowering.active
        self.uses = np.bincount(self.program.operands, minlength=int(self.program.starts[-1]))
        np.add.at(self.uses, self.program.outputs, 2)
        self.fresh: dict[int, Any] = {}  # by adjoint buffer: which lanes hold nothing yet
        self.whole: dict[int, Any] = {}  # by buffer: an adjoint that is one number for all its lanes
        self.nothing = NOTHING if lowering.careful else 0.0
        self.part: Any = None  # the lanes at hand, and the rule that made them
        self.rule: Any = None

    def run(self) -> None:
        """From the output to the parameters, or to the inputs."""
        low, program = self.low, self.program
        if low.wanted == "inputs":
            for view in low.layout.inputs:
                low.input_gradients.append(view._replace(buffer=self._adjoint(view.buffer)))
        self._seed(int(program.outputs[0]))
        for i in range(len(program) - 1, -1, -1):
            made = program[i]
            if self.active[made.start : made.start + made.lanes].any():
                self._instruction(made, low.parts[i])
        for adjoint in [1] if low.wanted == "gradient" else [view.buffer for view in low.input_gradients]:
            self._fill_fresh(adjoint, np.arange(low.layout.buffers[adjoint].size))
            if low.careful:  # where nothing arrived, the gradient is 0
                buffer = low.layout.buffers[adjoint]
                whole = contiguous(adjoint, (buffer.size,), buffer.batched)
                self.steps.append(Step(np.add, (whole, 0.0), whole))

    def _seed(self, output: int) -> None:
        if not self.active[output]:
            return
        low, program = self.low, self.program
        mean = low.wanted == "gradient" and bool(low.batched[output])
        seed = Scaled(1.0) if mean else 1.0
        buffer, offset = int(low.layout.buffer_of[output]), int(low.layout.offset_of[output])
        alone = not (program.operands == output).any() and low.layout.buffers[buffer].size == 1
        if alone and output >= program.leaves:
            self.whole[buffer] = seed
            return
        view = View(self._adjoint(buffer), offset, (1,), (1,), low.layout.buffers[buffer].batched)
        self.steps.append(Step("fill", (seed,), view))
        self._hold(view.buffer, np.array([offset]))

    # ── adjoint memory ──────────────────────────────────────────────────────────────────────────────────────────────

    def _adjoint(self, buffer: int) -> int:
        low = self.low
        if buffer not in low.adjoints:
            like = low.layout.buffers[buffer]
            role = "kept" if like.role == "input" else ""
            low.adjoints[buffer] = low.layout.new(Buffer(like.size, like.batched, role=role, by_row=like.by_row))
        return low.adjoints[buffer]  # type: ignore[no-any-return]

    def _fresh(self, adjoint: int) -> Any:
        if adjoint not in self.fresh:
            self.fresh[adjoint] = np.ones(self.low.layout.buffers[adjoint].size, bool)
        return self.fresh[adjoint]

    def _hold(self, adjoint: int, lanes: Array) -> None:
        self._fresh(adjoint)[lanes] = False

    def _fill_fresh(self, adjoint: int, lanes: Array) -> None:
        """Zeros, or what stands for nothing, in those of the lanes that hold nothing yet."""
        empty = np.unique(lanes[self._fresh(adjoint)[lanes]])
        if not len(empty):
            return
        batched = self.low.layout.buffers[adjoint].batched
        for run in np.split(empty, np.flatnonzero(np.diff(empty) != 1) + 1):
            view = View(adjoint, int(run[0]), (len(run),), (1,), batched)
            self.steps.append(Step("fill", (self.nothing,), view))
        self._hold(adjoint, empty)

    def _upstream(self, out: View) -> Any:
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

    def _instruction(self, made: Instruction, parts: list[Any]) -> None:
        rule = made.operation.rule
        self.rule = rule
        for part in parts:
            self.part = part
            upstream = self._upstream(part.out)
            if upstream is None:
                continue
            if rule is MATMUL:
                self._matmul(part, upstream)
            elif rule.sequences:
                self._over_sequences(rule, part, upstream)
            else:
                self._elementwise(part, upstream)

    def _elementwise(self, part: Any, upstream: Any) -> None:
        sent: list[tuple[Any, Array, Any, int]] = []
        for place, registers in enumerate(part.registers):
            local = part.calls.local[place] if part.calls is not None else part.temporaries[-1][place]
            if local is None or not self.active[registers].any():
                continue
            if part.calls is not None:
                local = self.low._compute(part, local)
            same = next((i for i, x in enumerate(sent) if x[0] == part.views[place] and x[2] == local), None)
            if same is None:
                sent.append((part.views[place], registers, local, 1))
            else:
                sent[same] = (*sent[same][:3], sent[same][3] + 1)
        for view, registers, local, times in sent:
            self._send(view, registers, local, upstream, part.out, times)

    def _over_sequences(self, rule: Any, part: Any, upstream: Any) -> None:
        n = part.views[0].shape[-1]
        wide = _widened(upstream, n)
        out = _widened(part.out, n)
        if rule is RULES["sum"]:
            locals_: list[Any] = [1.0]
        elif rule is RULES["dot"]:
            locals_ = [part.views[1], part.views[0]]
        elif part.temporaries.get(-1) is not None:
            locals_ = part.temporaries[-1]
        elif rule in (FOLDED_MAXIMUM, FOLDED_MINIMUM):
            locals_ = [self.low.layout.temporary(part.views[0].shape, part.out.batched)]
            self.steps.append(Step("folded shares", (part.views[0], part.out), locals_[0]))
        else:
            locals_ = [self.low.layout.temporary(part.views[0].shape, part.out.batched)]
            powers, others = part.temporaries[-2]
            self.steps.append(Step(np.add, (others, 1.0), others))
            self.steps.append(Step(np.true_divide, (powers, _widened(others, n)), locals_[0]))
        sent = [(v, r, x) for v, r, x in zip(part.views, part.registers, locals_, strict=True) if x is not None]
        times = 1
        if len(sent) == 2 and sent[0][0] == sent[1][0] and sent[0][2] == sent[1][2]:
            sent, times = sent[:1], 2
        for view, registers, local in sent:
            if self.active[registers].any():
                self._send(view, registers, local, wide, out, times)

    def _matmul(self, part: Any, upstream: Any) -> None:
        a, b = part.views
        if not isinstance(upstream, View):
            filled = self.low.layout.temporary(part.out.shape, part.out.batched)
            self.steps.append(Step("fill", (upstream,), filled))
            upstream = filled
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
        target = self._target(view, registers)
        if target is not None and self._fresh(target.buffer)[_lanes(target)].all():
            self.steps.append(Step(name, operands, target))
            self._hold(target.buffer, _lanes(target))
            return
        made = self.low.layout.temporary(view.shape, view.batched)
        self.steps.append(Step(name, operands, made))
        self._add(made, view, registers)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _target(self, view: View, registers: Array) -> View | None:
        """Where the gradient of a view's registers is kept, if it lies as the view does and no lane is there twice."""
        low = self.low
        buffer = low.layout.buffers[view.buffer]
        if buffer.role == "constant" or any(s == 0 and n > 1 for s, n in zip(view.strides, view.shape, strict=True)):
            return None
        flat = registers.ravel()
        if (low.layout.buffer_of[flat] != view.buffer).any() or not self.active[flat].all():
            return None
        lanes = _lanes(view)
        if not np.array_equal(low.layout.offset_of[flat], lanes) or len(np.unique(lanes)) != len(lanes):
            return None
        return view._replace(buffer=self._adjoint(view.buffer))

    def _send(self, view: Any, registers: Array, local: Any, upstream: Any, out: View, times: int = 1) -> None:
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
        made = self._product_view(local, upstream, shape, out.batched, times)
        if over_batch or summed:
            made, view, registers = self._summed(made, view, registers, over_batch, summed)
        self._add(made, view, registers)

    def _aliased(self, view: View, registers: Array, upstream: Any) -> bool:
        """Let an adjoint be the upstream itself: of a whole instruction that nothing else uses."""
        low, flat = self.low, registers.ravel()
        if not isinstance(upstream, View) or view.buffer in low.adjoints or low.layout.buffers[view.buffer].role:
            return False
        size = low.layout.buffers[view.buffer].size
        alike = (view.offset, view.shape, view.strides) == (upstream.offset, upstream.shape, upstream.strides)
        if not alike or low.layout.buffers[upstream.buffer] != low.layout.buffers[view.buffer] or view.lanes != size:
            return False
        if (low.layout.buffer_of[flat] != view.buffer).any() or (self.uses[flat] != 1).any():
            return False
        low.adjoints[view.buffer] = upstream.buffer
        self.fresh[upstream.buffer] = np.zeros(size, bool)
        return True

    def _product_view(self, local: Any, upstream: Any, shape: tuple[int, ...], batched: bool, times: int) -> View:
        if local == 1.0 and times == 1 and isinstance(upstream, View) and upstream.shape == shape:
            return upstream
        made = self.low.layout.temporary(shape, batched)
        self._multiply(local, upstream, made, times)
        return made  # type: ignore[no-any-return]

    def _multiply(self, local: Any, upstream: Any, out: View, times: int) -> None:
        self._put_product(local, upstream, out, times)
        if self.low.careful:  # also a seed times a −0 is a number
            operands = self.part.views if callable(self.rule.chooses) else ()
            self.steps.append(Step("seal", (upstream, local, *operands), out, self.rule))

    def _put_product(self, local: Any, upstream: Any, out: View, times: int) -> None:
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
        self, made: View, view: Any, registers: Array, over_batch: bool, axes: list[int]
    ) -> tuple[View, View, Array]:
        """The sum over the batch, and over the axes along which one register is used again and again."""
        low = self.low
        shape = made.shape
        if over_batch:
            total = low.layout.temporary(shape, False)
            self.steps.append(Step("sum over batch", (made,), total, low.careful))
            made = total
        if isinstance(view, View) and axes:
            left = tuple(length for i, length in enumerate(shape) if i not in axes) or (1,)
            total = low.layout.temporary(left, made.batched)
            self.steps.append(Step("sum over axes", (made,), total, (tuple(axes), low.careful)))
            chosen = registers.reshape(shape)[tuple(0 if i in axes else slice(None) for i in range(len(shape)))]
            strides = tuple(s for i, s in enumerate(view.strides) if i not in axes) or (1,)
            return total, view._replace(shape=left, strides=strides), np.atleast_1d(chosen)
        return made, view, registers

    def _add(self, made: View, view: Any, registers: Array) -> None:
        """Add what was made to the adjoints of the registers: in place where they lie in steps, else lane by lane."""
        target = self._target(view, registers) if isinstance(view, View) else None
        if target is not None:
            lanes = _lanes(target)
            fresh = self._fresh(target.buffer)[lanes]
            if fresh.all():
                self.steps.append(Step("copy", (made,), target))
            else:
                self._fill_fresh(target.buffer, lanes)
                self.steps.append(Step(np.add, (target, made), target))
            self._hold(target.buffer, lanes)
            return
        low, flat = self.low, registers.ravel()
        if contiguous(made.buffer, made.shape, made.batched, made.offset) != made:
            copy = low.layout.temporary(made.shape, made.batched)
            self.steps.append(Step("copy", (made,), copy))
            made = copy
        total = made
        wanted = np.flatnonzero(self.active[flat])
        buffers = low.layout.buffer_of[flat[wanted]]
        for buffer in np.unique(buffers):
            mine = wanted[buffers == buffer]
            offsets, adjoint = low.layout.offset_of[flat[mine]], self._adjoint(int(buffer))
            batched = low.layout.buffers[adjoint].batched
            if made.batched and not batched and total is made:
                total = low.layout.temporary(made.shape, False)
                self.steps.append(Step("sum over batch", (made,), total, low.careful))
            self._fill_fresh(adjoint, offsets)
            whole = contiguous(adjoint, (low.layout.buffers[adjoint].size,), batched)
            self.steps.append(Step("scatter", (made if batched else total,), whole, Scatter(mine, offsets)))


def _lanes(view: View) -> Array:
    """The lanes of a view in its buffer."""
    lanes = np.array([view.offset])
    for length, stride in zip(view.shape, view.strides, strict=True):
        lanes = (lanes[:, None] + stride * np.arange(length)).ravel()
    return lanes


def _widened(view: Any, n: int) -> Any:
    """The view, repeated along a last axis."""
    return view._replace(shape=(*view.shape, n), strides=(*view.strides, 0)) if isinstance(view, View) else view
