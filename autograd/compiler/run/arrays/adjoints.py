"""Adjoints in memory: where those of each buffer are, what has arrived at them, and what is sent to them."""

from __future__ import annotations

import numpy as np

from autograd.compiler.run.arrays.layout import Scatter, Step
from autograd.compiler.run.arrays.lowering import Lowering
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.views import NOTHING, Buffer, Scaled, Source, View, contiguous
from autograd.table import Rule
from autograd.util.arrays import Array, distinct

__all__ = ["Adjoints", "lanes_of"]


class Adjoints:
    """The adjoints of a lowering whose forward steps are there. rule, part: what sends now.

    ``np.count_nonzero`` asks in 0.2 µs what the methods ``any`` and ``all`` ask in 2: most instructions are small.
    """

    rule: Rule
    part: Part

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

    def _all_fresh(self, view: View) -> bool:
        """Whether no lane of a view of adjoints holds anything yet."""
        return bool(np.count_nonzero(self._fresh(view.buffer)[lanes_of(view)]) == view.lanes)

    def _hold(self, adjoint: int, lanes: Array) -> None:
        self._fresh(adjoint)[lanes] = False

    def _fill_fresh(self, adjoint: int, lanes: Array) -> None:
        """Zeros, or what stands for nothing, in those of the lanes that hold nothing yet."""
        fresh = self._fresh(adjoint)[lanes]
        if not np.count_nonzero(fresh):
            return
        empty = distinct(lanes[fresh])
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
        lanes = lanes_of(out)
        if np.count_nonzero(self._fresh(adjoint)[lanes]) == len(lanes):
            return None
        self._fill_fresh(adjoint, lanes)
        return out._replace(buffer=adjoint)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _target(self, view: View, registers: Array) -> View | None:
        """Where the gradient of a view's registers is kept, if it lies as the view does and no lane is there twice."""
        buffer = self.layout.buffers[view.buffer]
        if buffer.role == "constant" or any(s == 0 and n > 1 for s, n in zip(view.strides, view.shape, strict=True)):
            return None
        flat = registers.ravel()
        elsewhere = self.layout.buffer_of[flat] != view.buffer
        if np.count_nonzero(elsewhere) or np.count_nonzero(self.active[flat]) < len(flat):
            return None
        lanes = lanes_of(view)
        if np.count_nonzero(self.layout.offset_of[flat] != lanes):
            return None
        if len(view.shape) > 1 and len(distinct(lanes)) != len(lanes):
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
            if target is not None and self._all_fresh(target):
                self._multiply(local, upstream, target, times)
                self._hold(target.buffer, lanes_of(target))
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
        if np.count_nonzero(self.layout.buffer_of[flat] != view.buffer) or np.count_nonzero(self.uses[flat] != 1):
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
            lanes = lanes_of(target)
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
        for buffer in distinct(buffers):
            lanes = wanted[buffers == buffer]
            offsets, adjoint = self.layout.offset_of[flat[lanes]], self._adjoint(int(buffer))
            batched = self.layout.buffers[adjoint].batched
            if product.batched and not batched and total is product:
                total = self.layout.temporary(product.shape, False)
                self.steps.append(Step("sum over batch", (product,), total, self.careful))
            self._fill_fresh(adjoint, offsets)
            whole = contiguous(adjoint, (self.layout.buffers[adjoint].size,), batched)
            self.steps.append(Step("scatter", (product if batched else total,), whole, Scatter(lanes, offsets)))


def lanes_of(view: View) -> Array:
    """The lanes of a view in its buffer."""
    if len(view.shape) == 1 and view.strides[0]:
        return np.arange(view.offset, view.offset + view.strides[0] * view.shape[0], view.strides[0])
    lanes = np.array([view.offset])
    for length, stride in zip(view.shape, view.strides, strict=True):
        lanes = (lanes[:, None] + stride * np.arange(length)).ravel()
    return lanes
