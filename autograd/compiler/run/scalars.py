"""Running scalar instructions on one sample: rules on Python floats, without Values.

On one number a NumPy call costs more than its arithmetic. Here each instruction calls its rule's function forward, and
the chain rule uses the returned derivatives backward. That takes about half the time of the eager engine, which makes a
node for each operation. As in that engine, nothing flows to an operand that was not chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.compiler.program import Program
from autograd.compiler.run.plan import is_finite
from autograd.core.conditions import CONDITIONS
from autograd.core.graph import without_collector
from autograd.table import Rule
from autograd.util.arrays import Array

__all__ = ["ScalarPlan"]

Slopes = Sequence[Any]
"""One instruction's local derivatives: numbers, None for an operand without one, or functions if they are expensive."""

_ONE, _ONE_CALLED, _ANY = -1, -2, -3
"""Marks in place of a second operand: none; none, and the derivative may be a function; any other form."""

_MANY = 1000
"""The number of instructions from which the garbage collector would run, as it does every 700 new objects."""


class ScalarPlan:
    """A ``Plan`` for one row."""

    scale = 1.0

    def __init__(
        self,
        program: Program,
        parameters: Array,
        gradient: Array,
        shapes: Sequence[tuple[int, ...]],
        wanted: str,
    ) -> None:
        self.program, self.parameters, self.gradient, self.wanted = program, parameters, gradient, wanted
        self.constants = program.constants.tolist()
        self.outputs = program.outputs.tolist()
        self.steps = list(_steps(program))
        self.active = list(self._active())
        self.input_gradients = [np.zeros((1, *shape)) for shape in shapes] if wanted == "inputs" else []
        self.values: list[float] = []

    def run(self, inputs: Sequence[Array]) -> None:
        """Run forward, and backward if a gradient is wanted.

        For long programs the garbage collector is off meanwhile, because it would walk over the saved local derivatives
        again and again.
        """
        if self.wanted == "value" or len(self.steps) < _MANY:
            self._run(inputs)
            return
        with without_collector():
            self._run(inputs)

    def _run(self, inputs: Sequence[Array]) -> None:
        values: list[float] = [x for given in inputs for x in given.reshape(-1).astype(float).tolist()]
        values += self.parameters.tolist()
        values += self.constants
        local: list[Slopes] = []
        self._forward(values, local)
        self.values = values
        if self.wanted == "value":
            return
        grads = self._backward(local, len(values))
        first = self.program.first_parameter
        if self.wanted == "gradient":
            self.gradient[:] = grads[first : first + self.program.parameters]
            return
        start = 0
        for gradient in self.input_gradients:
            gradient[...] = np.reshape(grads[start : start + gradient.size], gradient.shape)
            start += gradient.size

    def total(self) -> float:
        """The first output."""
        return float(self.values[self.outputs[0]])

    def gradient_is_finite(self) -> bool:
        """Whether the gradient is finite for sure."""
        return is_finite(self.gradient)

    @property
    def result(self) -> Array:
        """The outputs, as an array (outputs, 1)."""
        return np.array([[self.values[x]] for x in self.outputs])

    def _active(self) -> Iterator[tuple[int, int, int, int]]:
        """List (register, number, a, b) for instructions that a gradient may flow through, from last to first.

        b is the second operand, or a mark for the instruction's form.
        """
        codes, operations = self.program.codes.tolist(), self.program.operations
        for i in range(len(codes) - 1, -1, -1):
            operation = operations[codes[i]]
            if operation.stopped:
                continue
            _, a, b, rule, _ = self.steps[i]
            if a < 0 or rule.chooses or (b >= 0 and rule.lazy):
                b = _ANY
            elif b < 0:
                b = _ONE_CALLED if rule.lazy else _ONE
            yield self.program.leaves + i, i, a, b

    def _forward(self, values: list[float], local: list[Slopes]) -> None:
        keep_value, keep_local = values.append, local.append
        for function, a, b, rule, operands in self.steps:
            try:
                if b >= 0:
                    value, slopes = function(values[a], values[b])
                elif a >= 0:
                    value, slopes = function(values[a])
                else:
                    value, slopes = rule.evaluate([values[x] for x in operands])
            except (ArithmeticError, ValueError):
                value, slopes = rule.evaluate([values[x] for x in operands])
            keep_value(value)
            keep_local(slopes)

    def _backward(self, local: list[Slopes], size: int) -> list[float]:
        """Compute every register's adjoint, from the last instruction to the first.

        Where nothing arrives, not even a zero, the adjoint stays the very object it started as.
        """
        nothing = float("0")
        grads = [nothing] * size
        grads[self.outputs[0]] = 1.0
        for register, i, a, b in self.active:
            upstream = grads[register]
            if upstream is nothing:
                continue
            if b >= 0:
                in_a, in_b = local[i]
                grads[a] += in_a * upstream
                grads[b] += in_b * upstream
            elif b == _ONE:
                grads[a] += local[i][0] * upstream
            elif b == _ONE_CALLED:
                slope = local[i][0]
                try:
                    grads[a] += (slope() if callable(slope) else slope) * upstream
                except (ArithmeticError, ValueError):
                    self._give(grads, i, local[i], upstream)
            else:
                self._give(grads, i, local[i], upstream)
        return grads

    def _give(self, grads: list[float], i: int, slopes: Slopes, upstream: float) -> None:
        """Add to the adjoints of an instruction's operands, whatever its form."""
        _, _, _, rule, operands = self.steps[i]
        if rule.lazy:
            slopes = self._called(slopes, rule, operands)
        for x, slope in zip(operands, slopes, strict=True):
            if slope is None or (not slope and rule.chooses and rule.unchosen([self.values[y] for y in operands])):
                continue
            grads[x] += slope * upstream

    def _called(self, slopes: Slopes, rule: Rule, operands: Sequence[int]) -> Slopes:
        """Compute derivatives that a rule left as functions; where Python's float raises, use IEEE's results."""
        try:
            return [slope() if callable(slope) else slope for slope in slopes]
        except (ArithmeticError, ValueError):
            return rule.evaluate([self.values[x] for x in operands])[1]


def _steps(program: Program) -> Iterator[tuple[Any, int, int, Rule, list[int]]]:
    """List (function, a, b, rule, operands) per instruction: b is −1 for one operand; a is −1 for any other form."""
    operands, first = program.operands.tolist(), program.first.tolist()
    operations = program.operations
    plain = [_is_plain(x.rule) for x in operations]
    for i, code in enumerate(program.codes.tolist()):
        registers = operands[first[i] : first[i + 1]]
        rule = operations[code].rule
        if plain[code] and len(registers) == 2:
            yield rule.function, registers[0], registers[1], rule, registers
        elif plain[code] and len(registers) == 1:
            yield rule.function, registers[0], -1, rule, registers
        else:
            yield None, -1, -1, rule, registers


def _is_plain(rule: Rule) -> bool:
    """Whether the rule's function can run on floats directly: all operands have derivatives, none is a sequence."""
    return rule.builtin and not rule.sequences and rule.name not in CONDITIONS and rule.name != "where"
