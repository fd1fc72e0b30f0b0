"""A recorded program run again on Values, for one row: what explains a number that is not finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.compiler.program import Program
from autograd.conditions import CONDITIONS
from autograd.errors import NonFiniteError
from autograd.value import Value

__all__ = ["explain", "replay"]


def replay(program: Program, parameters: Sequence[float], inputs: Sequence[float], labels: Sequence[str]) -> list[Value]:
    """A Value for each register of a recorded program: leaves with these numbers, and what is made of them."""
    registers: list[Any] = [Value(x, label) for x, label in zip(inputs, labels, strict=False)]
    registers += [Value(x, label) for x, label in zip(parameters, labels[len(inputs) :], strict=True)]
    registers += program.constants.tolist()
    first, operands = program.first.tolist(), program.operands.tolist()
    for i, code in enumerate(program.codes.tolist()):
        operation = program.operations[code]
        given = [registers[x] for x in operands[first[i] : first[i + 1]]]
        if operation.rule.name in CONDITIONS or operation.stopped:
            numbers = [x.data if isinstance(x, Value) else x for x in given]
            made: Any = Value(operation.rule.evaluate(numbers, [False] * len(numbers))[0])
        else:
            made = Value._apply_or_refuse(operation.rule, given)
        registers.append(made)
    return registers


def explain(program: Program, place: Any, parameters: Sequence[float], rows: Any, labels: Sequence[str]) -> NonFiniteError:
    """The error of the first row whose value or gradient is not finite. place: names the instruction of an operation."""
    for row, inputs in enumerate(rows):
        registers = replay(program, parameters, inputs, labels)
        root = registers[int(program.outputs[0])]
        if not isinstance(root, Value):
            root = Value(root)
        try:
            root.backward()
        except NonFiniteError as error:
            return NonFiniteError(
                f"{error}\n  in the program  {_where(program, registers, error, place)}row {row} of the batch",
                error.operation,
                error.operands,
            )
    return NonFiniteError(
        "each row's value and gradient is finite, but not their mean over the batch\n"
        "  try             inputs scaled to about 1, or a smaller batch"
    )


def _where(program: Program, registers: list[Value], error: NonFiniteError, place: Any) -> str:
    for i in range(len(program)):
        node = registers[program.leaves + i]
        if node._rule is not None and node._rule.name == error.operation:
            mine = node._operands()
            if len(mine) == len(error.operands) and all(
                a is b or (type(a) is float and type(b) is float and (a == b or math.isnan(a)))
                for a, b in zip(mine, error.operands, strict=True)
            ):
                return f"{place(i)}, "
    return ""
