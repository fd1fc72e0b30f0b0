"""Running scalar instructions one after the other, each on all rows of the batch.

This is for graphs that do not re-roll. A register is a row of memory, an instruction is its rule's NumPy calls on rows,
and nothing is gathered or scattered. Making the calls takes a few microseconds per operation.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.program import Operation, Program
from autograd.compiler.run.arrays.kernels import bound_ufunc, opaque, primitive, seal
from autograd.compiler.run.arrays.views import NOTHING, by_row
from autograd.compiler.run.plan import BoundCall, BoundCalls, is_finite
from autograd.compiler.run.row_templates import Template, template
from autograd.compiler.trace import Function, Operand, Reference, Temporary
from autograd.table import Rule
from autograd.util.arrays import Array

__all__ = ["RowPlan"]


Row = Array | float
"""A register's content: one number per row of the batch, one for all rows (an array without axes), or a constant."""


class _Pool:
    """A pool of rows that are lent out and given back."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any] | type[bool]) -> None:
        self.shape, self.dtype = shape, dtype
        self.unused: list[Array] = []

    def take(self) -> Array:
        if not self.unused:
            block = np.empty((128, *self.shape), self.dtype)
            self.unused = list(block) if self.shape else [block[i : i + 1].reshape(()) for i in range(127, -1, -1)]
        return self.unused.pop()


class RowPlan(BoundCalls):
    """A program's calls for a batch with a given number of rows."""

    def __init__(
        self,
        program: Program,
        batch_size: int,
        dtype: np.dtype[Any],
        parameters: Array,
        gradient: Array,
        shapes: Sequence[tuple[int, ...]],
        wanted: str,
        careful: bool,
    ) -> None:
        self.program, self.batch_size, self.wanted, self.careful = program, batch_size, wanted, careful
        self.gradient, self.dtype = gradient, dtype
        self.calls = []
        self.ones = np.ones(batch_size, self.dtype)
        self.pools = {
            (batched, truth): _Pool((batch_size,) if batched else (), bool if truth else self.dtype)
            for batched in (False, True) for truth in (False, True)
        }  # fmt: skip
        self.batched = program.batched.tolist()
        block = np.zeros((program.first_parameter, batch_size), self.dtype)
        self.inputs = _arguments(block, program, shapes)
        self.values: list[Row] = [*block, *_zero_dimensional(parameters), *program.constants.tolist()]
        self.active = program.active(wanted).tolist()
        self._forward()
        self.outputs = [self.values[x] for x in program.outputs.tolist()]
        self.input_gradients: list[Array] = []
        if wanted != "value":
            self._backward(shapes)
        first = self.outputs[0] if self.outputs else 0.0
        self.total, self.scale = functools.partial(float, first), 1.0
        if isinstance(first, np.ndarray) and first.ndim:
            self.total, self.scale = functools.partial(first.dot, self.ones), 1.0 / batch_size

    def gradient_is_finite(self) -> bool:
        """Whether the gradient is finite for sure."""
        return is_finite(self.gradient)

    @property
    def result(self) -> Array:
        """The outputs, as an array (outputs, rows)."""
        return np.array([np.broadcast_to(x, (self.batch_size,)) for x in self.outputs], self.dtype)

    # ── forward ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _forward(self) -> None:
        program, values = self.program, self.values
        operands, first, codes = program.operands.tolist(), program.first.tolist(), program.codes.tolist()
        operations, leaves = program.operations, program.leaves
        last = self._last_uses(operands, first) if self.wanted == "value" else {}
        self.temporaries: dict[int, dict[int, Array]] = {}  # of an instruction, by the number of the traced call
        self.opaque_slopes: dict[int, list[Array]] = {}
        self.templates: list[Template | None] = []
        take, pools, add = {x: pool.take for x, pool in self.pools.items()}, self.pools, self.calls.append
        for i, code in enumerate(codes):
            registers = operands[first[i] : first[i + 1]]
            batched = self.batched[leaves + i]
            unused = pools[batched, False].unused
            out = unused.pop() if unused else take[batched, False]()
            rows = [values[x] for x in registers]
            form = self._template(operations[code], registers, rows)
            self.templates.append(form)
            if form is None:
                self._opaque(operations[code], i, rows, out)
            elif form.one_ufunc is not None:
                function, numbers = form.one_ufunc
                add(functools.partial(function, *[rows[x] for x in numbers], out))
            else:
                self._emit_forward(form, rows, out, i)
            values.append(out)
            for x in last.get(i, ()):
                self.pools[self.batched[x], False].unused.append(values[x])  # type: ignore[arg-type]

    def _last_uses(self, operands: list[int], first: list[int]) -> dict[int, list[int]]:
        """For each instruction, the registers that are not read after it, so that they can be reused."""
        seen = set(self.program.outputs.tolist())
        last: dict[int, list[int]] = {}
        for i in range(len(self.program) - 1, -1, -1):
            for x in operands[first[i] : first[i + 1]]:
                if x >= self.program.leaves and x not in seen:
                    seen.add(x)
                    last.setdefault(i, []).append(x)
        return last

    def _template(self, operation: Operation, registers: list[int], rows: list[Row]) -> Template | None:
        wanted = tuple([self.active[x] for x in registers]) if not operation.stopped else (False,) * len(registers)
        return template(operation.rule, tuple([x if type(x) is float else None for x in rows]), wanted)

    def _emit_forward(self, template: Template, rows: list[Row], out: Array, number: int) -> None:
        """Add the calls for an instruction's value, written to ``out``. Results that the derivatives need are kept."""
        value, results = template.traced.value, dict[int, Array]()
        batched = self.batched[self.program.leaves + number]
        target = -1
        if type(value) is Temporary and not (value.truth and len(template.forward) > 1):
            target = value.number
        unused = self._emit(template, template.forward, rows, results, batched, target, out)
        if target < 0:
            self.calls += primitive("copy", [_read(value, rows, results)], out)
        self._give_back(batched, unused)
        if template.kept:
            self.temporaries[number] = {call: results[call] for call in template.kept}

    def _emit(
        self,
        template: Template,
        chosen: Sequence[int],
        rows: list[Row],
        results: dict[int, Array],
        batched: bool,
        target: int = -1,
        out: Array | None = None,
    ) -> list[tuple[bool, Array]]:
        """Add the chosen traced calls; the target's result goes to ``out``. Fills ``results``, by the call's number.

        Returns the rows (and whether they hold truth values) to give back once the results have been used.
        """
        unused = []
        for number in chosen:
            call = template.traced.calls[number]
            operands = [_read(x, rows, results) for x in call.operands]
            if number == target and out is not None:
                row = out
            else:
                row = self.pools[batched, call.truth].take()
                if number not in template.kept:
                    unused.append((call.truth, row))
            self._call(call.function, operands, row, batched)
            results[number] = row
        return unused

    def _give_back(self, batched: bool, unused: Sequence[tuple[bool, Array]]) -> None:
        for truth, row in unused:
            self.pools[batched, truth].unused.append(row)

    def _call(self, function: Function, operands: list[Row], out: Array, batched: bool) -> None:
        if isinstance(function, np.ufunc):
            self.calls.append(bound_ufunc(function, operands, out))
            return
        condition = operands[0]
        if function == "where" and isinstance(condition, np.ndarray) and condition.dtype != bool:
            truth = self.pools[batched, True].take()
            self.calls.append(functools.partial(np.not_equal, condition, 0.0, truth))
            self.pools[batched, True].unused.append(truth)
            operands = [truth, *operands[1:]]
        self.calls += primitive(function, operands, out)

    def _opaque(self, operation: Operation, number: int, rows: list[Row], out: Array) -> None:
        register, slopes = self.program.leaves + number, None
        if self.active[register]:
            slopes = self.opaque_slopes[number] = [self.pools[self.batched[register], False].take() for _ in rows]
        self.calls.append(functools.partial(opaque, operation.rule, rows, out, slopes))

    # ── backward ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _backward(self, shapes: Sequence[tuple[int, ...]]) -> None:
        program, result = self.program, self.gradient
        self.adjoints: dict[int, Array] = {}
        if self.wanted == "gradient":
            self.leaf_adjoints = dict(enumerate(_zero_dimensional(result), program.first_parameter))
        else:
            result = np.zeros((program.first_parameter, self.batch_size), self.dtype)
            self.leaf_adjoints = dict(enumerate(result))
            self.input_gradients = _arguments(result, program, shapes)
        self.calls.append(functools.partial(result.fill, 0.0))
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
                self._pull_back(i, program.operations[codes[i]].rule, operands[first[i] : first[i + 1]], upstream)
        if self.careful:  # where nothing arrived, the gradient is 0
            self.calls.append(functools.partial(np.add, result, 0.0, result))

    def _adjoint(self, register: int) -> Array:
        """Take a row for a register's adjoint; a leaf has a row of its own."""
        row = self.leaf_adjoints.get(register)
        if row is None:
            row = self.pools[self.batched[register], False].take()
        self.adjoints[register] = row
        return row

    def _pull_back(self, number: int, rule: Rule, registers: list[int], upstream: Array) -> None:
        batched = self.batched[self.program.leaves + number]
        rows = [self.values[x] for x in registers]
        slopes, used = self._slopes(number, registers, rows, batched)
        heir = -1
        for i, slope in slopes:
            register = registers[i]
            if type(slope) is float and slope == 1.0 and heir < 0 and self._inherits(register, batched, registers):
                heir = register
            else:
                self._send(register, slope, upstream, batched, rule, rows)
        if heir >= 0:
            self.adjoints[heir] = upstream
        elif upstream is not self.leaf_adjoints.get(self.program.leaves + number):
            self.pools[batched, False].unused.append(upstream)
        self._give_back(batched, used)

    def _slopes(
        self, number: int, registers: list[int], rows: list[Row], batched: bool
    ) -> tuple[list[tuple[int, Row]], list[tuple[bool, Array]]]:
        """Return an instruction's (operand, local derivative) pairs, and the rows to give back after their use."""
        template = self.templates[number]
        if template is None:
            opaque_slopes = self.opaque_slopes.pop(number, [])
            slopes: list[tuple[int, Row]] = [x for x in enumerate(opaque_slopes) if self.active[registers[x[0]]]]
            return slopes, [(False, row) for row in opaque_slopes]
        results, value = self.temporaries.pop(number, {}), template.traced.value
        if type(value) is Temporary and value.number not in results:
            row = self.values[self.program.leaves + number]
            assert isinstance(row, np.ndarray)
            results[value.number] = row
        used = [(template.traced.calls[x].truth, results[x]) for x in template.kept]
        if template.backward:
            used += self._emit(template, template.backward, rows, results, batched)
        return [(i, _read(slope, rows, results)) for i, slope in template.slopes], used

    def _inherits(self, register: int, batched: bool, registers: list[int]) -> bool:
        """Whether an operand can use the upstream's own row as its adjoint: it has none yet, and occurs once."""
        if register in self.adjoints or register in self.leaf_adjoints or self.batched[register] != batched:
            return False
        return registers.count(register) == 1

    def _send(self, register: int, slope: Row, upstream: Array, batched: bool, rule: Rule, rows: list[Row]) -> None:
        """Add slope · upstream to a register's adjoint, summed over the batch if the register has no rows."""
        if rule.chooses is True and type(slope) is float and not slope:
            return
        add, target = self.calls.append, self.adjoints.get(register)
        over_batch = batched and not self.batched[register]
        if target is not None and not over_batch and not self.careful and type(slope) is float and slope in (1.0, -1.0):
            add(functools.partial(np.add if slope == 1.0 else np.subtract, target, upstream, target))
            return
        present = target is not None
        if target is None:
            target = self._adjoint(register)
        if over_batch and not self.careful and isinstance(slope, np.ndarray) and slope.ndim:
            self._summed(slope, upstream, target, present)
            return
        pool = self.pools[batched, False]
        direct = not present and not over_batch
        product = target if direct else upstream if type(slope) is float and slope == 1.0 else pool.take()
        if product is not upstream:
            self._multiply(slope, upstream, product)
            if self.careful:
                add(functools.partial(seal, product, upstream, slope, rule, rows))
        if over_batch:
            self._summed(self.ones, product, target, present)
        elif not direct:
            add(functools.partial(np.add, target, product, target))
        if product is not target and product is not upstream:
            pool.unused.append(product)

    def _multiply(self, slope: Row, upstream: Array, out: Array) -> None:
        if type(slope) is float and slope in (1.0, -1.0):
            self.calls.append(functools.partial(np.positive if slope == 1.0 else np.negative, upstream, out))
        else:
            self.calls.append(bound_ufunc(np.multiply, [slope, upstream], out))

    def _summed(self, row: Array, other: Array, target: Array, present: bool) -> None:
        """Write the inner product of two rows to a number, or add it there."""
        if not present:
            self.calls.append(self._inner(row, other, target))
            return
        pool = self.pools[False, False]
        product = pool.take()
        self.calls.append(self._inner(row, other, product))
        self.calls.append(functools.partial(np.add, target, product, target))
        pool.unused.append(product)

    def _inner(self, row: Array, other: Array, out: Array) -> BoundCall:
        if self.careful:  # here the row is all ones: the sum is NOTHING where every term is
            return functools.partial(np.add.reduce, other, 0, None, out, initial=NOTHING)
        return functools.partial(row.dot, other, out)


def _read(reference: Reference, rows: list[Row], results: dict[int, Array]) -> Row:
    """Look up a traced call's operand: a row, another call's result, or a number."""
    if type(reference) is Operand:
        return rows[reference.number]
    return results[reference.number] if type(reference) is Temporary else reference  # type: ignore[return-value]


def _zero_dimensional(array: Array) -> list[Array]:
    return [array[i : i + 1].reshape(()) for i in range(len(array))]


def _arguments(block: Array, program: Program, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Split a block (lanes, rows) into its arguments, each viewed as (rows, a sample's shape …)."""
    arguments, start = [], 0
    for size, shape in zip(program.inputs, shapes, strict=True):
        arguments.append(by_row(block[start : start + size], shape))
        start += size
    return arguments
