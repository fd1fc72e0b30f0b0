"""Constant folding: numbers that never change are computed once; x ** 2 and x / c become products."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import NewInstructions, compact, rebuild, with_constants
from autograd.compiler.program import Operation, Program
from autograd.core.picking import TABLE
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["fold"]


def fold(program: Program) -> Program:
    """Compute instructions on constants once; rewrite x ** 2 as x * x, x / c as x * (1/c), and mean as a sum times 1/n.

    Needs one lane per instruction. Ensures that no instruction but a table has only constants, and that no square, no
    quotient by a constant with a finite inverse, and no mean is left.

    >>> import autograd
    >>> f = autograd.compile(lambda x: (x / 4) ** 2, passes=())
    >>> _ = f(3.0)
    >>> print(f.programs[0])
    inputs      x  1
    constants   4.0, 2.0
    %3          truediv  1  x[0]  4.0
    %4          pow      1  %3    2.0
    result      %4
    >>> print(fold(f.programs[0]))
    inputs      x  1
    constants   4.0, 2.0, 0.25
    %4          mul  1  x[0]  0.25
    %5          mul  1  %4    %4
    result      %5
    """
    return _powers(_quotients(_means(_constants(program))))


def _coded(program: Program, name: str) -> Array:
    """The instructions that apply this rule of the table, with a derivative."""
    codes = [i for i, x in enumerate(program.operations) if x.rule is RULES[name] and not x.stopped]
    return np.flatnonzero(np.isin(program.codes, codes)) if codes else np.zeros(0, np.int64)


def _constants(program: Program) -> Program:
    tables = [i for i, x in enumerate(program.operations) if x.rule is TABLE]  # a pick from numbers stays a pick
    while len(program):
        constant = program.is_constant(program.operands)
        alone = np.logical_and.reduceat(constant, program.first[:-1]) if len(constant) else np.zeros(0, bool)
        alone &= (program.counts > 0) & ~np.isin(program.codes, tables)
        if not alone.any():
            return program
        numbers = []
        for i in np.flatnonzero(alone):
            instruction = program[i]
            operands = program.constants[instruction.operands[0] - program.first_constant].tolist()
            numbers.append(float(instruction.operation.rule.evaluate(operands, [False] * len(operands))[0]))
        program, registers = with_constants(program, np.array(numbers))
        alias = np.arange(program.starts[-1])
        alias[program.leaves + np.flatnonzero(alone)] = registers
        program = compact(program, ~alone, alias)
    return program


def _means(program: Program) -> Program:
    means = _coded(program, "mean")
    if not len(means):
        return program
    total, program = _with(program, "sum")
    codes = program.codes.copy()
    codes[means[program.counts[means] == 1]] = total
    program, means = program.replace(codes=codes), means[program.counts[means] > 1]
    if not len(means):
        return program
    program, shares = with_constants(program, 1.0 / program.counts[means])
    times, program = _with(program, "mul")
    sums = program.starts[-1] + np.arange(len(means))
    terms = [program.operands[program.first[i] : program.first[i + 1]] for i in means]
    new = NewInstructions(
        codes=np.repeat([total, times], len(means)),
        counts=np.concatenate([program.counts[means], np.full(len(means), 2)]),
        operands=np.concatenate([*terms, np.stack([sums, shares], 1).ravel()]),
        registers=np.concatenate([sums, program.leaves + means]),
        positions=np.concatenate([means, means]),
    )
    keep = np.ones(len(program), bool)
    keep[means] = False
    return rebuild(program, keep, new, program.leaves + np.arange(len(program)))


def _with(program: Program, name: str) -> tuple[int, Program]:
    code, operations = program.code(Operation(RULES[name]))
    return code, program.replace(operations=operations)


def _quotients(program: Program) -> Program:
    chosen = _coded(program, "truediv")
    right = program.operands[program.first[chosen] + 1]
    constant = program.is_constant(right)
    chosen, right = chosen[constant], right[constant]
    with np.errstate(all="ignore"):
        inverse = 1.0 / program.constants[right - program.first_constant]
    useful = np.isfinite(inverse) & (inverse != 0.0)
    if not useful.any():
        return program
    chosen, inverse = chosen[useful], inverse[useful]
    program, registers = with_constants(program, inverse)
    times, program = _with(program, "mul")
    operands, codes = program.operands.copy(), program.codes.copy()
    operands[program.first[chosen] + 1] = registers
    codes[chosen] = times
    return program.replace(operands=operands, codes=codes)


def _powers(program: Program) -> Program:
    chosen = _coded(program, "pow")
    right = program.operands[program.first[chosen] + 1]
    numbers = np.append(program.constants, np.nan)
    exponent = numbers[np.where(program.is_constant(right), right - program.first_constant, -1)]
    chosen = chosen[exponent == 2.0]
    if not len(chosen):
        return program
    times, program = _with(program, "mul")
    operands, codes = program.operands.copy(), program.codes.copy()
    operands[program.first[chosen] + 1] = operands[program.first[chosen]]
    codes[chosen] = times
    return program.replace(operands=operands, codes=codes)
