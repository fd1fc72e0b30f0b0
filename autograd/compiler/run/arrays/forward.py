"""From a program to array steps: where every register lies, and the NumPy calls that compute it and its gradient.

The forward part goes through the instructions in order, the backward part in reverse; what a derivative needs of the
forward part stays in memory until then. Nothing here knows a batch's size: ``plan`` gives memory to the buffers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.program import ALL, ANY, FOLDED_MAXIMUM, FOLDED_MINIMUM, MATMUL, Instruction, Program
from autograd.compiler.run.arrays.backward import Backward
from autograd.compiler.run.arrays.layout import GRADIENT, PARAMETERS, Layout, Step, merged
from autograd.compiler.run.arrays.views import Buffer, View, common_steps
from autograd.compiler.trace import Operand, Temporary, trace
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["Lowered", "lower"]

_REDUCTIONS: dict[Any, Any] = {
    FOLDED_MAXIMUM: np.maximum, FOLDED_MINIMUM: np.minimum, ANY: np.logical_or, ALL: np.logical_and,
}  # fmt: skip

FEW = 8
"""Up to so many runs of lanes that lie in even steps are computed each in place; more are gathered first."""


class Lowered(NamedTuple):
    """Steps over buffers. result: where the outputs are."""

    buffers: list[Buffer]
    steps: list[Step]
    result: View
    inputs: list[View]
    input_gradients: list[View]


class _Part:
    """Some lanes of an instruction, laid out: the operands' views (or numbers), the result's, and what was computed."""

    __slots__ = ("calls", "number", "out", "registers", "temporaries", "views")

    def __init__(self, number: int, registers: list[Array], views: list[Any], out: View, calls: Any) -> None:
        self.number, self.registers, self.views, self.out, self.calls = number, registers, views, out, calls
        self.temporaries: dict[int, Any] = {}


def lower(program: Program, wanted: str, careful: bool = False) -> Lowered:
    """The steps for the values ("value"), for the mean and the parameters' gradient ("gradient"), or for each row's
    gradient in its inputs ("inputs").

    careful: nothing flows to an operand that was not chosen, even through an infinite derivative (``kernels.seal``);
    and nothing is rearranged.
    """
    lowering = _Lowering(program, wanted, careful)
    lowering.forward()
    if wanted != "value":
        Backward(lowering).run()
    layout = lowering.layout
    return Lowered(layout.buffers, lowering.steps, lowering.result, layout.inputs, lowering.input_gradients)


class _Lowering:
    def __init__(self, program: Program, wanted: str, careful: bool) -> None:
        self.program, self.wanted, self.careful = program, wanted, careful
        self.batched = program.batched
        self.steps: list[Step] = []
        self.parts: list[list[Any]] = []
        self.layout = Layout(program, self.steps)
        self.adjoints: dict[int, int] = {PARAMETERS: GRADIENT} if wanted == "gradient" else {}
        self.input_gradients: list[View] = []
        self.active = program.active(wanted)

    # ── forward ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def forward(self) -> None:
        for i in range(len(self.program)):
            made = self.program[i]
            self.layout.place(made)
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
        (view,), shape = self.layout.read([outputs])
        batched = bool(self.batched[outputs].any())
        if isinstance(view, View) and self.layout.buffers[view.buffer].role in ("", "kept"):
            return view
        out = self.layout.temporary(shape, batched)
        self.steps.append(Step("copy", (view,), out))
        return out

    def _elementwise(self, made: Instruction) -> list[_Part]:
        parts = []
        own = np.arange(made.start, made.start + made.lanes)
        for lanes in self._runs(made, own):
            columns = [made.operands[lanes, j] for j in range(made.operands.shape[1])]
            (*views, out), _ = self.layout.read(columns, own[lanes])
            constants = tuple(x if isinstance(x, float) else None for x in views)
            calls = trace(made.operation.rule, constants)
            part = _Part(made.number, columns, views, out, calls)
            if calls is None:
                self._opaque(made, part, views, list(zip(views, columns, strict=True)))
            else:
                self._compute(part, calls.value, out)
            parts.append(part)
        return parts

    def _runs(self, made: Instruction, own: Array) -> list[slice]:
        """The lanes in as few stretches as lie in even steps; in one, where they are many."""
        if made.lanes == 1:
            return [slice(0, 1)]
        columns = [*made.operands.T, own]
        keys = [(self.layout.buffer_of[x].astype(np.int64) << 40) + self.layout.offset_of[x] for x in columns]
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
            found = part.views[reference.number]
        elif isinstance(reference, Temporary):
            if reference.number not in part.temporaries:
                call = part.calls.calls[reference.number]
                operands = tuple(self._compute(part, x) for x in call.operands)
                if out is None:
                    out = self.layout.temporary(part.out.shape, part.out.batched, call.truth)
                self._emit(part, call, operands, out)
                part.temporaries[reference.number] = out
                return out
            found = part.temporaries[reference.number]
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
            if isinstance(condition, View) and not self.layout.buffers[condition.buffer].truth:
                truth = self.layout.temporary(part.out.shape, part.out.batched, True)
                self.steps.append(Step(np.not_equal, (condition, 0.0), truth))
                operands = (truth, *operands[1:])
        elif function == "step":
            extra = not self._is_rectified(part, call)
        self.steps.append(Step(function, operands, out, extra))

    def _is_rectified(self, part: _Part, call: Any) -> bool:
        """Whether it is the step of a number that is 0 or more: then that is its sign."""
        source = call.operands[0]
        if not isinstance(source, Temporary) or call.operands[1] != 0.0:
            return False
        made = part.calls.calls[source.number]
        return made.function is np.maximum and 0.0 in made.operands

    def _opaque(self, made: Instruction, part: _Part, views: list[Any], columns: list[Any]) -> None:
        """A rule that is called as it is: on whole arrays if it can, else number by number."""
        local = None
        if self.active[made.start : made.start + made.lanes].any():
            local = []
            for view, registers in columns:
                wanted = self.active[registers].any()
                shape = view.shape if isinstance(view, View) else part.out.shape
                local.append(self.layout.temporary(shape, part.out.batched) if wanted else None)
        part.temporaries[-1] = local
        self.steps.append(Step("opaque", tuple(views), part.out, (made.operation.rule, local)))

    # ── over sequences, and matrix products ─────────────────────────────────────────────────────────────────────────

    def _over_sequences(self, made: Instruction) -> _Part:
        rule, groups = made.operation.rule, len(made.operation.rule.operands)
        n = made.operands.shape[1] // groups
        columns = [made.operands[:, k * n : (k + 1) * n] for k in range(groups)]
        views = [self.layout.matrix(x) for x in columns]
        own = np.arange(made.start, made.start + made.lanes)
        (out,), _ = self.layout.read([own])
        part = _Part(made.number, columns, views, out, None)
        flat_out = _as_lanes(out, made.lanes)
        part.out = flat_out
        if rule is RULES["sum"]:
            self.steps.append(Step("sum", (views[0],), flat_out))
        elif rule is RULES["dot"]:
            self._dot(part)
        elif rule is RULES["logsumexp"] and not self.careful:
            part.temporaries[-2] = self._logsumexp(views[0], flat_out)
        elif rule in _REDUCTIONS:
            self.steps.append(Step("reduce", (views[0],), flat_out, _REDUCTIONS[rule]))
        else:
            self._opaque(made, part, views, list(zip(views, columns, strict=True)))
        return part

    def _logsumexp(self, xs: View, out: View) -> tuple[View, View]:
        """m + ln(1 + Σ e^(x − m)), the sum over all but one of the largest: exact where one outweighs the rest.

        Returns the powers, and the sum of all but one of them.
        """
        n, add = xs.shape[-1], self.steps.append
        powers, largest = self.layout.temporary(xs.shape, out.batched), self.layout.temporary(xs.shape, out.batched)
        others, count = self.layout.temporary(out.shape, out.batched), self.layout.temporary(out.shape, out.batched)
        finite, shift = (
            self.layout.temporary(out.shape, out.batched, True),
            self.layout.temporary(out.shape, out.batched),
        )
        repeated = shift._replace(shape=(*shift.shape, n), strides=(*shift.strides, 0))
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

    def _dot(self, part: _Part) -> None:
        x, y = part.views
        keeps_zeros = self.careful or self.program.reads_signs  # an inner product starts from 0, and so loses −0
        if not part.out.batched and part.out.lanes == 1 and not keeps_zeros:
            self.steps.append(Step("inner", (x, y), part.out))
            return
        product = self.layout.temporary(x.shape, part.out.batched)
        self.steps.append(Step(np.multiply, (x, y), product))
        self.steps.append(Step("sum", (product,), part.out))

    def _matmul(self, made: Instruction) -> _Part:
        stack, rows, inner, columns = made.shape
        size = stack * rows * inner
        a = made.operands[:size].reshape(stack, rows, inner)
        b = made.operands[size:].reshape(stack, inner, columns)
        views = [self.layout.three(a), self.layout.three(b)]
        own = np.arange(made.start, made.start + made.lanes).reshape(stack, rows, columns)
        part = _Part(made.number, [a, b], views, self.layout.three(own), None)
        self.steps.append(Step("matmul", tuple(views), part.out))
        return part


def _as_lanes(view: View, lanes: int) -> View:
    axis = merged(list(zip(view.shape, view.strides, strict=True)))
    if axis is None or axis[0] != lanes:
        return view
    return view._replace(shape=(lanes,), strides=(axis[1],))
