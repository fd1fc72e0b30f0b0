"""A program of scalar instructions run one after the other, each on the rows of the batch.

For graphs that do not re-roll: a register is a row of memory, an instruction is the NumPy calls of its rule on rows,
and nothing is gathered or scattered. Emitting the calls takes a few microseconds an operation.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.program import Operation, Program
from autograd.compiler.run.arrays.kernels import opaque, primitive, seal
from autograd.compiler.run.arrays.views import NOTHING, contiguous
from autograd.compiler.run.row_templates import Template, template
from autograd.compiler.trace import Operand, Temporary
from autograd.table import Rule
from autograd.util.arrays import Array

__all__ = ["RowPlan"]


class _Pool:
    """Rows of the batch, given out and taken back."""

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.shape, self.dtype = shape, dtype
        self.unused: list[Array] = []

    def take(self) -> Array:
        if not self.unused:
            block = np.empty((128, *self.shape), self.dtype)
            self.unused = list(block) if self.shape else [block[i : i + 1].reshape(()) for i in range(127, -1, -1)]
        return self.unused.pop()


class RowPlan:
    """The calls of a program for a batch of ``batch_size`` rows; the same surface as ``ArrayPlan``."""

    def __init__(
        self,
        program: Program,
        batch_size: int,
        dtype: Any,
        parameters: Array,
        gradient: Array | None,
        shapes: Sequence[tuple[int, ...]],
        wanted: str,
        careful: bool,
    ) -> None:
        self.program, self.batch_size, self.wanted, self.careful = program, batch_size, wanted, careful
        self.gradient, self.dtype = gradient, np.dtype(dtype)
        self.calls: list[Callable[[], Any]] = []
        self.ones = np.ones(batch_size, self.dtype)
        self.pools = {
            (batched, truth): _Pool((batch_size,) if batched else (), bool if truth else self.dtype)
            for batched in (False, True) for truth in (False, True)
        }  # fmt: skip
        self.batched = program.batched.tolist()
        block = np.zeros((program.first_parameter, batch_size), self.dtype)
        self.inputs = _by_row(block, program, shapes)
        self.values: list[Any] = [*block, *_zero_dimensional(parameters), *program.constants.tolist()]
        self.active = program.active(wanted).tolist()
        self._forward()
        self.outputs = [self.values[x] for x in program.outputs.tolist()]
        self.input_gradients: list[Array] = []
        if wanted != "value":
            self._backward(shapes)
        first: Any = self.outputs[0] if self.outputs else 0.0
        wide = isinstance(first, np.ndarray) and first.ndim
        self.total = functools.partial(first.dot, self.ones) if wide else functools.partial(float, first)
        self.scale = 1.0 / batch_size if wide else 1.0

    def run(self, inputs: Sequence[Array]) -> None:
        """Copy the inputs into place and make every call."""
        for place, given in zip(self.inputs, inputs, strict=True):
            place[...] = given
        for call in self.calls:
            call()

    def gradient_is_finite(self) -> bool:
        """Whether the sum of the gradient's squares is finite: then it is."""
        return self.gradient is not None and math.isfinite(self.gradient.dot(self.gradient))

    @property
    def result(self) -> Array:
        """(outputs, rows)."""
        return np.array([np.broadcast_to(x, (self.batch_size,)) for x in self.outputs], self.dtype)

    # ── forward ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _forward(self) -> None:
        program, values = self.program, self.values
        operands, first, codes = program.operands.tolist(), program.first.tolist(), program.codes.tolist()
        operations, leaves = program.operations, program.leaves
        last = self._last_uses(operands, first) if self.wanted == "value" else {}
        self.temporaries: dict[int, dict[int, Any]] = {}
        self.templates: list[Template | None] = []
        take, pools, add = {x: pool.take for x, pool in self.pools.items()}, self.pools, self.calls.append
        for i, code in enumerate(codes):
            mine = operands[first[i] : first[i + 1]]
            register = leaves + i
            batched = self.batched[register]
            unused = pools[batched, False].unused
            out = unused.pop() if unused else take[batched, False]()
            frame = [values[x] for x in mine]
            form = self._template(operations[code], mine, frame)
            self.templates.append(form)
            if form is None:
                self._opaque(operations[code], i, frame, out, self.active[register])
            elif form.one_ufunc is not None:
                function, places = form.one_ufunc
                add(functools.partial(function, *[frame[x] for x in places], out))
            else:
                self._emit(form, form.forward, frame, {}, out, batched, i)
            values.append(out)
            for x in last.get(i, ()):
                self.pools[self.batched[x], False].unused.append(values[x])

    def _last_uses(self, operands: list[int], first: list[int]) -> dict[int, list[int]]:
        """For each instruction the registers that are not read after it, and so can be written again."""
        seen = set(self.program.outputs.tolist())
        last: dict[int, list[int]] = {}
        for i in range(len(self.program) - 1, -1, -1):
            for x in operands[first[i] : first[i + 1]]:
                if x >= self.program.leaves and x not in seen:
                    seen.add(x)
                    last.setdefault(i, []).append(x)
        return last

    def _template(self, operation: Operation, mine: list[int], frame: list[Any]) -> Template | None:
        wanted = tuple([self.active[x] for x in mine]) if not operation.stopped else (False,) * len(mine)
        return template(operation.rule, tuple([x if type(x) is float else None for x in frame]), wanted)

    def _emit(
        self,
        template: Template,
        chosen: Sequence[int],
        frame: list[Any],
        known: dict[int, Any],
        out: Any,
        batched: bool,
        number: int,
    ) -> list[tuple[bool, Any]]:
        """The calls of a template that are chosen; the value's into ``out``. Fills ``known`` with their results.

        Returns the rows (and whether they are of truth values) to give back once the results have been used.
        """
        traced, value = template.traced, template.traced.value
        target = value.number if type(value) is Temporary else -1
        loose = []
        for place in chosen:
            call = traced.calls[place]
            given = [
                frame[x.number] if type(x) is Operand else known[x.number] if type(x) is Temporary else x
                for x in call.operands
            ]
            if place == target and out is not None and not (call.truth and len(chosen) > 1):
                made = out
            else:
                made = self.pools[batched, call.truth].take()
                if place not in template.kept:
                    loose.append((call.truth, made))
            self._call(call.function, given, made, batched)
            known[place] = made
        if out is not None and known.get(target) is not out:
            source = frame[value.number] if type(value) is Operand else known.get(target, value)
            self.calls += primitive("copy", [source], out)
        if out is None:
            return loose
        for truth, made in loose:
            self.pools[batched, truth].unused.append(made)
        if template.kept:
            self.temporaries[number] = {place: known[place] for place in template.kept}
        return []

    def _call(self, function: Any, given: list[Any], out: Any, batched: bool) -> None:
        if isinstance(function, np.ufunc):
            self.calls.append(_ufunc(function, given, out))
            return
        if function == "where" and isinstance(given[0], np.ndarray) and given[0].dtype != bool:
            truth = self.pools[batched, True].take()
            self.calls.append(functools.partial(np.not_equal, given[0], 0.0, truth))
            self.pools[batched, True].unused.append(truth)
            given = [truth, *given[1:]]
        self.calls += primitive(function, given, out)

    def _opaque(self, operation: Operation, number: int, frame: list[Any], out: Any, active: bool) -> None:
        local = (
            [self.pools[self.batched[self.program.leaves + number], False].take() for _ in frame] if active else None
        )
        self.temporaries[number] = {-1: local}
        self.calls.append(functools.partial(opaque, operation.rule, frame, out, local))

    # ── backward ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _backward(self, shapes: Sequence[tuple[int, ...]]) -> None:
        program = self.program
        self.adjoints: dict[int, Any] = {}
        self.places: dict[int, Any] = {}
        if self.wanted == "gradient":
            assert self.gradient is not None
            result: Any = self.gradient
            self.calls.append(functools.partial(result.fill, 0.0))
            self.places = dict(enumerate(_zero_dimensional(self.gradient), program.first_parameter))
        else:
            result = np.zeros((program.first_parameter, self.batch_size), self.dtype)
            self.calls.append(functools.partial(result.fill, 0.0))
            self.places = dict(enumerate(result))
            self.input_gradients = _by_row(result, program, shapes)
        output = int(program.outputs[0])
        if not self.active[output]:
            return
        mean = self.wanted == "gradient" and self.batched[output]
        seed = self._adjoint(output)
        self.calls.append(functools.partial(seed.fill, 1.0 / self.batch_size if mean else 1.0))
        operands, first, codes = program.operands.tolist(), program.first.tolist(), program.codes.tolist()
        for i in range(len(program) - 1, -1, -1):
            upstream = self.adjoints.pop(program.leaves + i, None)
            if upstream is not None:
                self._pull_back(i, program.operations[codes[i]], operands[first[i] : first[i + 1]], upstream)
        if self.careful:  # where nothing arrived, the gradient is 0
            self.calls.append(functools.partial(np.add, result, 0.0, result))

    def _adjoint(self, register: int) -> Any:
        """A new place for a register's adjoint."""
        made = self.places.get(register)
        if made is None:
            made = self.pools[self.batched[register], False].take()
        self.adjoints[register] = made
        return made

    def _pull_back(self, number: int, operation: Operation, mine: list[int], upstream: Any) -> None:
        values, active, batched = self.values, self.active, self.batched[self.program.leaves + number]
        frame = [values[x] for x in mine]
        template = self.templates[number]
        known = self.temporaries.pop(number, {})
        used: list[tuple[bool, Any]] = []
        if template is None:
            slopes: Sequence[tuple[int, Any]] = [x for x in enumerate(known[-1] or ()) if active[mine[x[0]]]]
            used = [(False, x) for x in known[-1] or ()]
        else:
            slopes, value = template.slopes, template.traced.value
            if type(value) is Temporary and value.number not in known:
                known[value.number] = values[self.program.leaves + number]
            used = [(template.traced.calls[x].truth, known[x]) for x in template.kept]
            if template.backward:
                used += self._emit(template, template.backward, frame, known, None, batched, number)
        heir = -1
        for place, slope in slopes:
            register = mine[place]
            if type(slope) is Operand:
                slope = frame[slope.number]
            elif type(slope) is Temporary:
                slope = known[slope.number]
            if type(slope) is float and slope == 1.0 and heir < 0 and self._inherits(register, batched, mine):
                heir = register
            else:
                self._send(register, slope, upstream, batched, operation.rule, frame)
        if heir >= 0:
            self.adjoints[heir] = upstream
        elif upstream is not self.places.get(self.program.leaves + number):
            self.pools[batched, False].unused.append(upstream)
        for truth, row in used:
            self.pools[batched, truth].unused.append(row)

    def _inherits(self, register: int, batched: bool, mine: list[int]) -> bool:
        """Whether an operand can have the upstream itself for its adjoint: it has none yet, and comes once."""
        if register in self.adjoints or register in self.places or self.batched[register] != batched:
            return False
        return mine.count(register) == 1

    def _send(self, register: int, slope: Any, upstream: Any, batched: bool, rule: Rule, frame: list[Any]) -> None:
        """slope · upstream, added to a register's adjoint; summed over the batch where the register has no rows."""
        add, present = self.calls.append, register in self.adjoints
        if rule.chooses is True and type(slope) is float and not slope:
            return
        if (
            present
            and not self.careful
            and type(slope) is float
            and batched == self.batched[register]
            and slope in (1.0, -1.0)
        ):
            target = self.adjoints[register]
            add(functools.partial(np.add if slope == 1.0 else np.subtract, target, upstream, target))
            return
        over_batch = batched and not self.batched[register]
        target = self.adjoints[register] if present else self._adjoint(register)
        number = type(slope) is float
        if over_batch and not self.careful and not number and slope.ndim:
            self._summed(slope, upstream, target, present)
            return
        pool = self.pools[batched, False]
        direct = not present and not over_batch
        made = target if direct else upstream if number and slope == 1.0 else pool.take()
        if made is not upstream:
            if number and slope == -1.0:
                add(functools.partial(np.negative, upstream, made))
            elif number and slope == 1.0:
                add(functools.partial(np.positive, upstream, made))
            else:
                add(_ufunc(np.multiply, [slope, upstream], made))
            if self.careful:
                add(functools.partial(seal, made, upstream, slope, rule, frame))
        if over_batch:
            self._summed(self.ones, made, target, present)
        elif not direct:
            add(functools.partial(np.add, target, made, target))
        if made is not target and made is not upstream:
            pool.unused.append(made)

    def _summed(self, row: Any, other: Any, target: Any, present: bool) -> None:
        """The inner product of two rows, into a number or added to it."""
        if not present:
            self.calls.append(self._inner(row, other, target))
            return
        pool = self.pools[False, False]
        made = pool.take()
        self.calls.append(self._inner(row, other, made))
        self.calls.append(functools.partial(np.add, target, made, target))
        pool.unused.append(made)

    def _inner(self, row: Any, other: Any, out: Any) -> Callable[[], Any]:
        if self.careful:  # the row is of ones: NOTHING where all of the other is
            return functools.partial(np.add.reduce, other, 0, None, out, initial=NOTHING)
        return functools.partial(row.dot, other, out)


def _ufunc(function: Any, given: Sequence[Any], out: Any) -> Callable[[], Any]:
    if float in map(type, given):
        dtype = next((x.dtype for x in given if type(x) is not float and x.dtype != bool), np.dtype(float))
        given = [np.array(x, dtype) if type(x) is float else x for x in given]
    if function is np.maximum or function is np.minimum:
        return functools.partial(function, *given, out=out)
    return functools.partial(function, *given, out)


def _zero_dimensional(array: Array) -> list[Array]:
    return [array[i : i + 1].reshape(()) for i in range(len(array))]


def _by_row(block: Array, program: Program, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """The rows of each argument's numbers as (rows, a sample's shape …)."""
    found, start = [], 0
    for size, shape in zip(program.inputs, shapes, strict=True):
        lane, row = block.strides
        steps = contiguous(0, shape, False).strides
        part = block[start : start + size]
        strides = (row, *(step * lane for step in steps))
        found.append(np.lib.stride_tricks.as_strided(part, (block.shape[1], *shape), strides))
        start += size
    return found
