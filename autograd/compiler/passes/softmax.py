"""Turn the operations of ``autograd.softmax`` into one instruction."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.drop import drop
from autograd.compiler.program import FOLDED_MAXIMUM, SOFTMAX, Instruction, Operation, Program
from autograd.util.arrays import Array

__all__ = ["softmax"]


def softmax(program: Program) -> Program:
    """Turn each softmax of consecutive numbers into one instruction with a lane for each number.

    A softmax is recognized by the operations that ``autograd.softmax`` records: it subtracts the maximum, and avoids
    cancellation in the largest share. Needs levels. Ensures that intermediate results with other uses are still
    computed.

    >>> import autograd
    >>> f = autograd.compile(lambda x: autograd.softmax(x), passes=autograd.compiler.PASSES[:-2])
    >>> _ = f([1.0, 2.0, 3.0])
    >>> len(f.programs[0])
    15
    >>> print(softmax(f.programs[0]))
    inputs      x  3
    %3          softmax  1×3  x[0:3]
    result      %3:6
    """
    shares = [i for i, x in enumerate(program.operations) if x.rule.name == "exp" and not x.stopped]
    if program.reads_signs or not any(x.rule.name == "log_share" for x in program.operations):
        return program
    found = {}
    for i in np.flatnonzero(np.isin(program.codes, shares)).tolist():
        match = _Match(program)
        rows = match.rows(program[i])
        if rows is not None:
            found[i] = rows, match.instructions
    return _replaced(program, found) if found else program


def _replaced(program: Program, found: dict[int, tuple[Array, set[int]]]) -> Program:
    """The program with each of these instructions as a softmax of these rows; what nothing needs any more is gone."""
    code, operations = program.code(Operation(SOFTMAX))
    codes, operands, instruction_of = program.codes.copy(), program.operands.copy(), program.instruction_of.copy()
    shapes = program.shapes.copy() if len(program.shapes) else np.zeros((len(program), 4), np.int64)
    for number, (rows, instructions) in found.items():
        codes[number] = code
        operands[program.first[number] : program.first[number + 1]] = rows.ravel()
        shapes[number] = 0, *rows.shape, 0
        instruction_of[np.isin(instruction_of, list(instructions))] = number
    return drop(
        program.replace(
            operations=operations, codes=codes, operands=operands, instruction_of=instruction_of, shapes=shapes
        )
    )


class _Match:
    """One attempt to read an instruction as the last of a softmax. instructions: those that were read."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.instructions: set[int] = set()

    def rows(self, shares: Instruction) -> Array | None:
        """What the shares are of: registers (rows, n); None if it is no softmax.

        shares = exp(log_share(x − m, rest)), rest = where(largest & single, smaller, total − power).
        """
        log_share = self.whole(shares.operands[:, 0], "log_share")
        if log_share is None:
            return None
        below = self.whole(log_share.operands[:, 0], "sub")
        rest = self.whole(log_share.operands[:, 1], "where")
        if below is None or rest is None:
            return None
        heads = below.operands[:, 1]
        count = int((heads == heads[0]).sum())
        if count < 2 or len(heads) % count:
            return None
        xs, largest = below.operands[:, 0].reshape(-1, count), heads.reshape(-1, count)
        if (largest != largest[:, :1]).any() or not self.is_largest(largest[:, 0], xs):
            return None
        return xs if self.is_rest(rest, below, xs.shape) else None

    def is_largest(self, shifts: Array, xs: Array) -> bool:
        """Whether these are the maxima of the rows, detached."""
        detached = self.operands(shifts, "detach")
        if detached is None:
            return False
        maxima = self.operands(detached[:, 0], "maximum" if xs.shape[1] == 2 else FOLDED_MAXIMUM.name)
        return maxima is not None and np.array_equal(maxima, xs)

    def is_rest(self, rest: Instruction, below: Instruction, shape: tuple[int, ...]) -> bool:
        """Whether it is the sum of all powers of a row but one's own."""
        chosen, others = self.whole(rest.operands[:, 0], "logical_and"), self.whole(rest.operands[:, 2], "sub")
        if chosen is None or others is None:
            return False
        equal, powers = self.whole(chosen.operands[:, 0], "equal"), self.whole(others.operands[:, 1], "exp")
        if equal is None or powers is None:
            return False
        registers = below.start + np.arange(below.lanes)
        alike = np.array_equal(equal.operands[:, 0], registers) and np.array_equal(powers.operands[:, 0], registers)
        if not alike or not self.is_number(equal.operands[:, 1], 0.0):
            return False
        total, smaller = (self.of_rows(x, shape) for x in (others.operands[:, 0], rest.operands[:, 1]))
        single = self.of_rows(chosen.operands[:, 1], shape)
        if total is None or smaller is None or single is None:
            return False
        own = powers.start + np.arange(powers.lanes)
        few = self.operands(single, "less")
        if few is None or not self.is_number(few[:, 1], 1.5) or not self.is_sum(total, own, shape):
            return False
        smaller_powers, ones = self.terms(smaller, shape), self.terms(few[:, 0], shape)
        return (
            smaller_powers is not None
            and ones is not None
            and self.is_choice(smaller_powers, equal, 0.0, own)
            and self.is_choice(ones, equal, 1.0, 0.0)
        )

    # ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def whole(self, registers: Array, name: str) -> Instruction | None:
        """The instruction of this name whose lanes these registers are, all of them and in order."""
        instruction = self.owner(registers, name)
        if instruction is None or instruction.lanes != len(registers):
            return None
        return instruction if (registers == instruction.start + np.arange(instruction.lanes)).all() else None

    def owner(self, registers: Array, name: str) -> Instruction | None:
        """The instruction of this name that computes all these registers."""
        program = self.program
        if registers.min() < program.leaves:
            return None
        number = int(np.searchsorted(program.starts, registers[0], side="right")) - 1
        instruction = program[number]
        inside = (registers >= instruction.start) & (registers < instruction.start + instruction.lanes)
        if instruction.operation.rule.name != name or not inside.all():
            return None
        self.instructions.add(number)
        return instruction

    def operands(self, registers: Array, name: str) -> Array | None:
        """Of each register, which an instruction of this name computes, the operands."""
        instruction = self.owner(registers, name)
        return None if instruction is None else instruction.operands[registers - instruction.start]

    def of_rows(self, registers: Array, shape: tuple[int, ...]) -> Array | None:
        """A register for each row, where each row has one."""
        rows = registers.reshape(shape)
        return None if (rows != rows[:, :1]).any() else rows[:, 0]

    def terms(self, sums: Array, shape: tuple[int, ...]) -> Array | None:
        """What is summed in each row: as many terms as it has numbers."""
        terms = self.operands(sums, "sum")
        if terms is None and shape[1] == 2:
            terms = self.operands(sums, "add")
        return terms.ravel() if terms is not None and terms.shape == shape else None

    def is_sum(self, sums: Array, registers: Array, shape: tuple[int, ...]) -> bool:
        """Whether these are the sums of the rows of these registers."""
        terms = self.terms(sums, shape)
        return terms is not None and np.array_equal(terms, registers)

    def is_choice(self, registers: Array, equal: Instruction, a: float, b: float | Array) -> bool:
        """Whether they are where(equal, a, b), lane by lane."""
        choice = self.whole(registers, "where")
        if choice is None or not np.array_equal(choice.operands[:, 0], equal.start + np.arange(equal.lanes)):
            return False
        second = choice.operands[:, 2]
        right = self.is_number(second, b) if isinstance(b, float) else np.array_equal(second, b)
        return bool(right) and self.is_number(choice.operands[:, 1], a)

    def is_number(self, registers: Array, number: float) -> bool:
        """Whether all are this constant."""
        program = self.program
        if not program.is_constant(registers).all():
            return False
        return bool((program.constants[registers - program.first_constant] == number).all())
