"""A recorded program run again on Values, for one row: what explains a number that is not finite, or a bad index."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.program import Program
from autograd.compiler.tables import listed, owned_tables
from autograd.core.node import new_node, set_operands
from autograd.core.picking import PICK, TABLE
from autograd.errors import NonFiniteError
from autograd.util.arrays import Array
from autograd.value import Value

__all__ = ["explain", "explain_index", "replay"]


def replay(
    program: Program, parameters: Sequence[float], inputs: Sequence[float], labels: Sequence[str]
) -> list[Value]:
    """A Value for each register of a recorded program: leaves with these numbers, and what is made of them."""
    program = listed(program)
    registers: list[Any] = [Value(x, label) for x, label in zip(inputs, labels, strict=False)]
    registers += [Value(x, label) for x, label in zip(parameters, labels[len(inputs) :], strict=True)]
    registers += program.constants.tolist()
    first, operands = program.first.tolist(), program.operands.tolist()
    for i, code in enumerate(program.codes.tolist()):
        operation = program.operations[code]
        given = [registers[x] for x in operands[first[i] : first[i + 1]]]
        if operation.stopped and any(isinstance(x, Value) for x in given):
            numbers = [x.data if isinstance(x, Value) else x for x in given]
            register: Any = new_node(Value, float(operation.rule.evaluate(numbers, [False] * len(numbers))[0]))
            set_operands(register, operation.rule, given, [None] * len(given))
        elif any(isinstance(x, Value) for x in given):
            register = Value.__apply_rule__(operation.rule, given)
        else:
            register = float(operation.rule.evaluate(given, [False] * len(given))[0])
        registers.append(register)
    return registers


def explain(
    program: Program,
    instruction: Callable[[int], str],
    parameters: Sequence[float],
    samples: Sequence[Sequence[float]],
    labels: Sequence[str],
    first: int | None,
) -> NonFiniteError | None:
    """The error of the first row whose value or gradient is not finite, None if there is none.

    instruction: what a recorded operation became part of, in words. first: the number of the first row, None for one
    sample.
    """
    for number, inputs in enumerate(samples):
        registers = replay(program, parameters, inputs, labels)
        root = registers[int(program.outputs[0])]
        try:
            (root if isinstance(root, Value) else Value(root)).backward()
        except NonFiniteError as error:
            row = "" if first is None else f"row {first + number} of the batch"
            where = ", ".join(word for word in (_where(program, registers, error, instruction), row) if word)
            text = f"{error}\n  in the program  {where}" if where else str(error)
            return NonFiniteError(text, error.operation, error.operands)
    return None


def explain_index(program: Program, samples: Array, labels: Sequence[str], first: int | None) -> IndexError | None:
    """Return the IndexError for the first row in which a pick's index is out of range.

    samples: the inputs, as an array (rows, inputs).
    labels: the inputs' names.
    first: the number of the first row, None for one sample.

    Returns None if no such index depends on inputs alone.
    """
    picks = [i for i, operation in enumerate(program.operations) if operation.rule is PICK]
    chosen = np.flatnonzero(np.isin(program.codes, picks))
    indices, counts = program.operands[program.first[chosen]], program.counts[chosen] - 1
    known = owned_tables(program)
    for which in np.flatnonzero(counts == 1):
        counts[which] = len(known.get(int(program.operands[program.first[chosen[which]] + 1]), [0]))
    found = {register: _of_inputs(program, register, samples) for register in set(indices.tolist())}
    columns = {register: numbers for register, numbers in found.items() if numbers is not None}
    if not columns:
        return None
    of_inputs = np.isin(indices, list(columns))
    indices, counts = indices[of_inputs].tolist(), counts[of_inputs]
    numbers = np.stack([columns[register] for register in indices], axis=1)
    wrong = ~((numbers >= 0) & (numbers < counts) & (numbers == np.floor(numbers)))
    if not wrong.any():
        return None
    row, which = np.argwhere(wrong)[0]
    where = "" if first is None else f" in row {first + int(row)} of the batch"
    number, inputs = numbers[row, which], _inputs_of(program, indices[which])
    is_input = len(inputs) == 1 and np.array_equal(samples[row, inputs[0]], number, equal_nan=True)
    what = labels[inputs[0]] if is_input else f"an index computed from {', '.join(labels[i] for i in inputs[:3])}"
    return IndexError(
        f"pick: {what} is {float(number):g}{where}, but there are {int(counts[which])} numbers\n"
        f"  try             {_instead(number, int(counts[which]))}"
    )


def _instead(number: float, count: int) -> str:
    """Say which indices there are, and how a loss skips targets that are none."""
    allowed = f"whole numbers from 0 to {count - 1}; negative indices are refused, too"
    if not -math.inf < number < 0 or number != math.floor(number):
        return allowed
    return f"{allowed}; as a target that does not count, nn.cross_entropy(logits, target, ignore_index={number:.0f})"


def _of_inputs(program: Program, register: int, samples: Array) -> Array | None:
    """Return a register's number in each row, if it depends on inputs and constants alone."""
    needed = _below(program, register)
    rules = [program.operations[program.codes[x - program.leaves]].rule for x in needed if x >= program.leaves]
    if not _inputs_of(program, register) or program.is_parameter(np.array(needed)).any() or {PICK, TABLE} & set(rules):
        return None
    numbers: dict[int, Array] = {}
    for x in needed:
        if x < program.first_parameter:
            numbers[x] = samples[:, x]
        elif x < program.leaves:
            numbers[x] = np.full(len(samples), program.constants[x - program.first_constant])
        else:
            given = [numbers[y] for y in _operands(program, x)]
            rule = program.operations[program.codes[x - program.leaves]].rule
            numbers[x] = np.asarray(rule.evaluate(given, [False] * len(given))[0], float)
    return numbers[register]


def _inputs_of(program: Program, register: int) -> list[int]:
    return [x for x in _below(program, register) if x < program.first_parameter]


def _below(program: Program, register: int) -> list[int]:
    """Return the registers that a register is computed from, and itself, in their order."""
    needed, waiting = {register}, [register]
    while waiting:
        above = [x for x in _operands(program, waiting.pop()) if x not in needed]
        needed.update(above)
        waiting += above
    return sorted(needed)


def _operands(program: Program, register: int) -> list[int]:
    number = register - program.leaves
    return [] if number < 0 else program.operands[program.first[number] : program.first[number + 1]].tolist()


def _where(program: Program, registers: list[Value], error: NonFiniteError, instruction: Callable[[int], str]) -> str:
    for i in range(len(program)):
        node = registers[program.leaves + i]
        if node._rule is not None and node._rule.name == error.operation:
            operands = node._operands()
            if len(operands) == len(error.operands) and all(
                a is b or (type(a) is float and type(b) is float and (a == b or math.isnan(a)))
                for a, b in zip(operands, error.operands, strict=True)
            ):
                return instruction(i)
    return ""
