"""Program: a recorded graph as columns of numbers, with its verification and its listing.

A program computes *registers*, one scalar each, numbered in order: first the inputs (the numbers of one sample), then
the parameters, then the constants, then what its instructions compute. An instruction applies one operation to one or
more *lanes*: lane j takes row j of the instruction's operands, a matrix of register numbers, and writes one register.
A program fresh from recording has one lane an instruction; a re-rolled one has few instructions of many lanes.

A batch runs every register over many samples at once: those that depend on an input hold a number for each row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import index
from typing import Any, NamedTuple, Protocol, SupportsIndex, TypeVar

import numpy as np

from autograd.compiler.listing import program_text
from autograd.compiler.trace import reads_signs
from autograd.core.conditions import CONDITIONS
from autograd.core.node import DETACH
from autograd.core.picking import PICK, TABLE
from autograd.core.pickling import rule_named
from autograd.errors import ProgramError
from autograd.table import Rule
from autograd.util.arrays import Array

__all__ = [
    "ALL",
    "ANY",
    "FOLDED_MAXIMUM",
    "FOLDED_MINIMUM",
    "MATMUL",
    "SOFTMAX",
    "Instruction",
    "Operation",
    "Program",
    "verify",
]


MATMUL = Rule("matmul", None, symbol="@", operands=("a", "b"), builtin=True)  # type: ignore[arg-type]
"""Stacked matrix products. Operands are the numbers of a (stack, rows, inner), then of b (stack, inner, columns)."""
FOLDED_MAXIMUM = Rule("folded maximum", None, operands=("xs",), sequences=True, builtin=True)  # type: ignore[arg-type]
"""maximum(maximum(x₀, x₁), x₂) …: at a tie the last of the largest has ½, the one before it ¼, and so on."""
FOLDED_MINIMUM = Rule("folded minimum", None, operands=("xs",), sequences=True, builtin=True)  # type: ignore[arg-type]
"""minimum(minimum(x₀, x₁), x₂) …, with the same shares at a tie as for the maximum."""
SOFTMAX = Rule("softmax", None, operands=("xs",), sequences=True, builtin=True)  # type: ignore[arg-type]
"""e^xᵢ / Σ e^xⱼ over each row of (rows, n) lanes, whose operands are the x."""
ANY = Rule("any", None, symbol="|", operands=("conditions",), sequences=True, builtin=True)  # type: ignore[arg-type]
"""Whether at least one of the conditions holds."""
ALL = Rule("all", None, symbol="&", operands=("conditions",), sequences=True, builtin=True)  # type: ignore[arg-type]
"""Whether all conditions hold."""


_UNLISTED = {
    x.name: x
    for x in (MATMUL, FOLDED_MAXIMUM, FOLDED_MINIMUM, SOFTMAX, ANY, ALL, DETACH, PICK, TABLE, *CONDITIONS.values())
}
"""Operations that recording or a pass creates, and that are not in the table of rules."""
_WITHOUT_DERIVATIVE = {x.name for x in (ANY, ALL, DETACH, *CONDITIONS.values())}


_FEW, _ROUNDS = 200, 8
"""Of fewer instructions a loop is as fast as one round over all; of many, as so many rounds."""


class Operation(NamedTuple):
    """What an instruction does: a rule, and whether no derivative flows through it (detach, no_grad, conditions)."""

    rule: Rule
    stopped: bool = False

    @property
    def name(self) -> str:
        """The rule's name as a reader sees it, with its parameters; a folded maximum is called a maximum.

        >>> Operation(FOLDED_MAXIMUM).name, Operation(MATMUL, stopped=True).name
        ('maximum', 'matmul (no gradient)')
        """
        given = ", ".join(f"{key}={value!r}" for key, value in self.rule.parameters.items())
        name = self.rule.name.removeprefix("folded ") + (f"({given})" if given else "")
        return f"{name} (no gradient)" if self.is_detached else name

    @property
    def is_detached(self) -> bool:
        """Whether the operation has a derivative that is blocked."""
        return self.stopped and self.rule.name not in _WITHOUT_DERIVATIVE

    def __reduce__(self) -> Any:
        return _operation, (self.rule.name, dict(self.rule.parameters), self.stopped)


class Instruction(NamedTuple):
    """One instruction of a program.

    operands: register numbers, shaped (lanes, n), or flat for a matrix product.
    """

    number: int
    operation: Operation
    lanes: int
    operands: Array
    start: int
    shape: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Program:
    """A recorded function. It is immutable: a pass returns a new one.

    inputs: the number of scalars in each argument of one sample.
    parameters: the number of parameters.
    constants: the constants' numbers.
    operations: the operations that ``codes`` refers to.
    codes, lanes: each instruction's operation, and its number of lanes.
    shapes: (stack, rows, inner, columns) of a matrix product, (0, rows, n, 0) of a softmax, otherwise zeros.
    first: instruction i's operands are ``operands[first[i]:first[i+1]]``.
    outputs: the registers of the results.
    names: the arguments' names.
    instruction_of: the instruction that each recorded operation became part of, −1 if it was not needed.
    """

    inputs: tuple[int, ...]
    parameters: int
    constants: Array
    operations: tuple[Operation, ...]
    codes: Array
    lanes: Array
    first: Array
    operands: Array
    outputs: Array
    instruction_of: Array
    shapes: Array = field(default_factory=lambda: np.zeros((0, 4), np.int64))
    names: tuple[str, ...] = ()

    @cached_property
    def leaves(self) -> int:
        """The number of registers that no instruction computes."""
        return sum(self.inputs) + self.parameters + len(self.constants)

    @cached_property
    def first_parameter(self) -> int:
        """The register of the first parameter."""
        return sum(self.inputs)

    @cached_property
    def first_constant(self) -> int:
        """The register of the first constant."""
        return sum(self.inputs) + self.parameters

    def is_parameter(self, registers: Array) -> Array:
        """Return whether each register is a parameter."""
        return (registers >= self.first_parameter) & (registers < self.first_constant)

    def is_constant(self, registers: Array) -> Array:
        """Return whether each register is a constant."""
        return (registers >= self.first_constant) & (registers < self.leaves)

    @cached_property
    def starts(self) -> Array:
        """The register of each instruction's first lane, followed by the number of registers."""
        return self.leaves + np.concatenate([[0], np.cumsum(self.lanes, dtype=np.int64)])

    @cached_property
    def counts(self) -> Array:
        """The number of operands of each instruction, over all its lanes."""
        return np.diff(self.first)

    @cached_property
    def reads_signs(self) -> bool:
        """Whether a finite result may depend on a zero's sign, which a matrix product does not keep."""
        return any(reads_signs(x.rule) for x in self.operations)

    @cached_property
    def batched(self) -> Array:
        """Whether each register depends on an input, and so holds one number per row of a batch."""
        return self._reached(slice(0, self.first_parameter), [True] * len(self.operations))

    def active(self, wanted: str) -> Array:
        """Return whether the gradient flows through each register.

        wanted: "gradient" for the parameters, "inputs" for the inputs, "value" for no gradient.
        """
        leaves = {
            "gradient": slice(self.first_parameter, self.first_constant), "inputs": slice(0, self.first_parameter),
        }.get(wanted, slice(0, 0))  # fmt: skip
        return self._reached(leaves, [not x.stopped for x in self.operations])

    def _reached(self, leaves: slice, passes: list[bool]) -> Array:
        """Return whether each register depends on these leaves through operations that pass it on.

        What does not is found first, in rounds over all instructions: mostly it is a few operations deep.
        """
        reached = np.zeros(int(self.starts[-1]), bool)
        reached[leaves] = True
        if len(self) < _FEW:
            return self._reached_in_order(reached, passes)
        passing = np.array(passes, bool)[self.codes]
        reached[self.leaves :] = True
        some = np.flatnonzero(self.counts)
        depends, first = np.zeros(len(self), bool), self.first[some]
        for _ in range(_ROUNDS):
            depends[some] = np.logical_or.reduceat(reached[self.operands], first) if len(some) else False
            before = reached[self.leaves :]
            after = np.repeat(depends & passing, self.lanes)
            if (after == before).all():
                return reached
            reached[self.leaves :] = after
        reached[self.leaves :] = False
        return self._reached_in_order(reached, passes)

    def _reached_in_order(self, reached: Array, passes: list[bool]) -> Array:
        """The same, instruction by instruction, whose registers are not marked yet."""
        flags = bytearray(reached.tobytes())
        operands, starts, codes = self.operands.tolist(), self.starts.tolist(), self.codes.tolist()
        begin = 0
        for i, end in enumerate(self.first.tolist()[1:]):
            if end - begin == 2:
                depends = flags[operands[begin]] or flags[operands[begin + 1]]
            else:
                depends = any(map(flags.__getitem__, operands[begin:end]))
            if depends and passes[codes[i]]:
                flags[starts[i] : starts[i + 1]] = b"\x01" * (starts[i + 1] - starts[i])
            begin = end
        return np.frombuffer(bytes(flags), bool)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, number: SupportsIndex) -> Instruction:
        i = index(number)
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        i %= len(self)
        operands, lanes = self.operands[self.first[i] : self.first[i + 1]], int(self.lanes[i])
        operation = self.operations[self.codes[i]]
        matrix = operands if operation.rule is MATMUL else operands.reshape(lanes, -1)
        shape = tuple(self.shapes[i].tolist()) if len(self.shapes) else (0, 0, 0, 0)
        return Instruction(i, operation, lanes, matrix, int(self.starts[i]), shape)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same instructions and registers (parameters' numbers are not part of a program)."""
        if not isinstance(other, Program):
            return NotImplemented
        columns = ("constants", "codes", "lanes", "first", "operands", "outputs")
        return (
            self.inputs == other.inputs
            and self.parameters == other.parameters
            and [x.name for x in self.operations] == [x.name for x in other.operations]
            and all(np.array_equal(getattr(self, x), getattr(other, x), equal_nan=x == "constants") for x in columns)
            and np.array_equal(self.shapes[self.shapes.any(1)], other.shapes[other.shapes.any(1)])
        )

    __hash__ = None  # type: ignore[assignment]

    def code(self, operation: Operation) -> tuple[int, tuple[Operation, ...]]:
        """Return an operation's code, and the table of operations with it."""
        if operation in self.operations:
            return self.operations.index(operation), self.operations
        return len(self.operations), (*self.operations, operation)

    def replace(self, **columns: Any) -> Program:
        """Return this program with some columns replaced."""
        return replace(self, **columns)

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "home" in state:  # pickled before this column had its name
            state = {**state, "instruction_of": state["home"]}
            del state["home"]
        self.__dict__.update(state)

    def __str__(self) -> str:
        return program_text(self)

    def __repr__(self) -> str:
        return f"<program of {len(self)} instruction{'s' * (len(self) != 1)}>"


def _operation(name: str, parameters: dict[str, Any], stopped: bool) -> Operation:
    return Operation(_UNLISTED.get(name) or rule_named(name, parameters), stopped)


class _Compiled(Protocol):
    @property
    def programs(self) -> tuple[Program, ...]: ...


Verified = TypeVar("Verified", bound="Program | _Compiled")


def verify(program: Verified) -> Verified:
    """Raise ProgramError unless the program, or every program of a compiled function, is legal; return it.

    A legal program: its columns fit together; every operand is computed before it is used; every operation has the
    right number of operands; either all lanes of an instruction depend on an input, or none does; only picks read
    tables; outputs exist.

    >>> import autograd
    >>> square = autograd.compile(lambda x: x * x)
    >>> square(3.0)
    9.0
    >>> verify(square.programs[0]).replace(outputs=np.array([7]))
    <program of 1 instruction>
    >>> verify(square.programs[0].replace(outputs=np.array([7])))
    Traceback (most recent call last):
    autograd.errors.ProgramError: output 0 is register 7, but there are 2
    """
    for part in [program] if isinstance(program, Program) else program.programs:
        _verify_columns(part)
        _verify_shapes(part)
        _verify_tables(part)
        _verify_batched(part)
    return program


def _verify_columns(program: Program) -> None:
    size = len(program)
    if not len(program.lanes) == len(program.first) - 1 == size:
        raise ProgramError(
            f"the columns do not fit: {size} codes, {len(program.lanes)} lanes, {len(program.first)} offsets"
        )
    if program.first[0] or program.first[-1] != len(program.operands) or (program.counts < 0).any():
        raise ProgramError("the operands' offsets are not in order")
    if size and (program.lanes.min() < 1 or program.codes.min() < 0 or program.codes.max() >= len(program.operations)):
        raise ProgramError("an instruction has no lanes, or an unknown operation")
    for what, registers in (("output", program.outputs), ("operand", program.operands)):
        bad = np.flatnonzero((registers < 0) | (registers >= program.starts[-1]))
        if len(bad):
            raise ProgramError(f"{what} {bad[0]} is register {registers[bad[0]]}, but there are {program.starts[-1]}")
    if len(program.operands):
        early = np.flatnonzero(program.operands >= np.repeat(program.starts[:-1], program.counts))
        if len(early):
            i = int(np.searchsorted(program.first, early[0], side="right")) - 1
            raise ProgramError(f"{_name(program, i)} uses register {program.operands[early[0]]} before it is computed")
    if len(program.instruction_of) and (program.instruction_of.min() < -1 or program.instruction_of.max() >= size):
        raise ProgramError("a recorded operation refers to an instruction that does not exist")


def _verify_shapes(program: Program) -> None:
    if len(program.shapes) not in (0, len(program)) or (program.shapes < 0).any():
        raise ProgramError(f"{len(program.shapes)} shapes for {len(program)} instructions, or a negative shape")
    if len(program.shapes):
        shaped = np.array([x.rule in (MATMUL, SOFTMAX) for x in program.operations])[program.codes]
        wrong = np.flatnonzero(program.shapes.any(axis=1) != shaped)
        if len(wrong):
            raise ProgramError(f"{_name(program, wrong[0])} has a shape that it must not have, or lacks one")
    for code, operation in enumerate(program.operations):
        chosen = np.flatnonzero(program.codes == code)
        counts, lanes, rule = program.counts[chosen], program.lanes[chosen], operation.rule
        if rule is MATMUL:
            stack, rows, inner, columns = program.shapes[chosen].T
            wrong = (lanes != stack * rows * columns) | (counts != stack * inner * (rows + columns))
        elif rule is SOFTMAX:
            wrong = (lanes != program.shapes[chosen, 1] * program.shapes[chosen, 2]) | (counts != lanes)
        elif rule.sequences:
            wrong = counts % (lanes * len(rule.operands)) != 0
        else:
            wrong = counts != lanes * len(rule.operands)
        if wrong.any():
            i = chosen[np.argmax(wrong)]
            raise ProgramError(f"{_name(program, i)} has {program.counts[i]} operands for {program.lanes[i]} lanes")


def _verify_tables(program: Program) -> None:
    """Only picks read a table: its register holds no number."""
    codes = [i for i, x in enumerate(program.operations) if x.rule is TABLE]
    if not codes:
        return
    is_table = np.zeros(int(program.starts[-1]), bool)
    is_table[program.leaves :] = np.repeat(np.isin(program.codes, codes), program.lanes)
    reader = np.repeat(np.arange(len(program)), program.counts)
    picks = np.isin(program.codes, [i for i, x in enumerate(program.operations) if x.rule is PICK])
    named = picks[reader] & (program.counts == 2 * program.lanes)[reader]
    second = (np.arange(len(reader)) - program.first[reader]) % 2 == 1
    wrong = reader[is_table[program.operands] & ~(named & second)]
    if len(wrong):
        raise ProgramError(f"{_name(program, wrong[0])} reads a table, which only picks can do")
    if is_table[program.outputs].any():
        raise ProgramError("an output is a table, which only picks can read")


def _verify_batched(program: Program) -> None:
    wide = np.flatnonzero(program.lanes > 1)
    batched = program.batched
    for i in wide:
        instruction = program[i]
        if instruction.operation.rule is not MATMUL and np.ptp(batched[instruction.operands].any(1).astype(int)):
            raise ProgramError(f"{_name(program, i)} mixes lanes that depend on an input with lanes that do not")


def _name(program: Program, i: SupportsIndex) -> str:
    return f"instruction {i}, {program.operations[program.codes[i]].name},"
