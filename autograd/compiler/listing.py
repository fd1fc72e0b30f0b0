"""A program in words: one line per instruction, where it came from, and why some did not re-roll."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.core.picking import PICK
from autograd.util.arrays import Array, distinct
from autograd.util.printable import printable

__all__ = ["counted", "explanation", "instruction_size", "parameters_read", "program_text"]

Program = Any
Instruction = Any

_MOST = 60
"""The number of instructions shown; the rest are only counted."""


def program_text(program: Program) -> str:
    """List a program, one line per instruction: first register, operation, lanes or shape, and operands."""
    lines = _header(program)
    rows = []
    for i in _shown(program):
        instruction = program[i]
        rows.append([*_cells(instruction), *_operands(program, instruction)])
    lines += _aligned(rows)
    if len(program) > _MOST:
        lines.insert(-1, f"… {len(program) - _MOST:,} more instructions")
    lines.append(f"{'result':<12}{_range(program, program.outputs)}")
    return "\n".join(line.rstrip() for line in lines)


def programs_text(programs: Sequence[tuple[Sequence[tuple[str, tuple[int, ...], Any]], int, int]]) -> str:
    """List several programs, one line each: input names and shapes, scalar operations, instructions."""
    rows = []
    for signature, operations, instructions in programs:
        inputs = ", ".join(
            " ".join([printable(name), "×".join(map(str, shape))]).strip() for name, shape, _ in signature
        )
        rows.append([inputs, f"{operations:,}", "scalar operations in", f"{instructions:,}", "instructions"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{inputs:<{widths[0]}}  {before:>{widths[1]}} {of} {after:>{widths[3]}} {what}"
        for inputs, before, of, after, what in rows
    ]
    return "\n".join([f"{len(rows)} programs; .programs[i] shows each in full", *lines] if rows else [])


def explanation(program: Program, parameters: Sequence[str]) -> str:
    """Describe each instruction: its number of recorded operations, and its parameters; then notes."""
    counts = np.bincount(program.instruction_of[program.instruction_of >= 0], minlength=len(program))
    sizes = counted(len(program.instruction_of), "scalar operation"), counted(len(program), "instruction")
    lines = [" became ".join(sizes)]
    rows = []
    for i in _shown(program):
        instruction = program[i]
        rows.append([*_cells(instruction), f"from {counts[i]:,}", parameters_read(program, instruction, parameters)])
    lines += _aligned(rows)
    if len(program) > _MOST:
        lines.append(f"… {len(program) - _MOST:,} more instructions")
    return "\n".join([*(line.rstrip() for line in lines), *_notes(program)])


def counted(count: int, what: str) -> str:
    """Return a count with its noun: 1 instruction, 2 instructions."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def _cells(instruction: Instruction) -> list[str]:
    """Its first register, its operation and its size."""
    return [f"%{instruction.start}", instruction.operation.name, instruction_size(instruction)]


def _header(program: Program) -> list[str]:
    lines = []
    if program.inputs:
        sizes = ",  ".join(f"{name}  {size}" for name, size in zip(_names(program), program.inputs, strict=True))
        lines.append(f"{'inputs':<12}{sizes}")
    if program.parameters:
        lines.append(f"{'parameters':<12}{program.parameters:,}")
    if len(program.constants):
        shown = ", ".join(map(repr, program.constants[:6].tolist()))
        lines.append(
            f"{'constants':<12}{shown}{f', … {len(program.constants):,}' if len(program.constants) > 6 else ''}"
        )
    return lines


def _shown(program: Program) -> list[int]:
    """All instructions, or the first ones and the last."""
    count = len(program)
    return list(range(count)) if count <= _MOST else [*range(_MOST - 1), count - 1]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells, each column as wide as its widest, the first as the header's."""
    columns = max((len(row) for row in rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(columns)]
    widths[:1] = [10] if widths else []
    return ["  ".join(cell.ljust(widths[i]) for i, cell in enumerate(row)) for row in rows]


def instruction_size(instruction: Instruction) -> str:
    """Return an instruction's number of lanes, or the shapes that a matrix product multiplies."""
    if not instruction.shape[0]:
        return "×".join(map(str, instruction.shape[1:3])) if instruction.shape[1] else str(instruction.lanes)
    stack, rows, inner, columns = instruction.shape
    several = f"{stack} × " if stack > 1 else ""
    return f"{several}{rows}×{inner}" + (f" · {inner}×{columns}" if columns > 1 else "")


def _operands(program: Program, instruction: Instruction) -> list[str]:
    if instruction.shape[0]:  # of a matrix product
        stack, rows, inner, columns = instruction.shape
        size = stack * rows * inner
        b = instruction.operands[size:].reshape(stack, inner, columns).transpose(0, 2, 1)
        return [_range(program, instruction.operands[:size]), _range(program, b.ravel())]
    if instruction.operation.rule is PICK:
        return [_range(program, instruction.operands[:, 0]), _range(program, instruction.operands[:, 1:].ravel())]
    if not instruction.operation.rule.sequences:
        return [_range(program, instruction.operands[:, j]) for j in range(instruction.operands.shape[1])]
    width = instruction.operands.shape[1] // len(instruction.operation.rule.operands)
    groups = (
        [instruction.operands[:, j : j + width] for j in range(0, instruction.operands.shape[1], width)]
        if width
        else []
    )
    return [_range(program, group.ravel()) for group in groups]


def _range(program: Program, registers: Array) -> str:
    """Registers, by the name of what holds them: x[0:3], p[7], %12:20, 0.5; some of them where they are many."""
    cuts = [0, *(np.flatnonzero(np.diff(registers) != 1) + 1).tolist(), len(registers)]
    words = []
    for a, b in pairwise(cuts):
        words += _run(program, int(registers[a]), b - a)
        if len(words) > 3 and b < len(registers):
            return f"{', '.join(words[:3])}, … {len(registers):,}"
    if len(words) > 1 and len(set(words)) == 1:
        return f"{words[0]} ({len(words)} times)"
    return ", ".join(words)


def _run(program: Program, register: int, count: int) -> list[str]:
    """A run of registers, cut where what holds them changes."""
    words = []
    edges = [*np.cumsum(program.inputs).tolist(), program.first_constant, program.leaves, int(program.starts[-1])]
    begins = [0, *edges[:-1]]
    labels = [*_names(program), "p", "", "%"]
    while count > 0:
        holder = next(i for i, edge in enumerate(edges) if register < edge)
        taken = min(count, edges[holder] - register)
        name, at = labels[holder], register - begins[holder]
        if name == "%":
            words.append(f"%{register}" if taken == 1 else f"%{register}:{register + taken}")
        elif name == "":
            words += [repr(float(x)) for x in program.constants[at : at + taken]]
        else:
            words.append(f"{name}[{at}]" if taken == 1 else f"{name}[{at}:{at + taken}]")
        register, count = register + taken, count - taken
    return words


def _names(program: Program) -> list[str]:
    return list(map(printable, program.names)) or [f"x{i}" for i in range(len(program.inputs))]


def parameters_read(program: Program, instruction: Instruction, names: Sequence[str]) -> str:
    """Name the parameters an instruction reads: the common part of their names, or the first and last."""
    flat = distinct(instruction.operands)
    used = flat[program.is_parameter(flat)] - program.first_parameter
    if not len(used):
        return ""
    first, last = names[int(used[0])], names[int(used[-1])]
    common = 0
    while common < min(len(first), len(last)) and first[common] == last[common]:
        common += 1
    stem = first[:common]
    stem = stem[: max(stem.rfind("."), 0)] if len(used) > 1 else stem
    closed = stem[: stem.rfind("[")] if stem.count("[") > stem.count("]") else stem
    return closed.rstrip(".") or (first if len(used) == 1 else f"{first} … {last}")


def _notes(program: Program) -> list[str]:
    """Explain which instructions did not re-roll, and why; alike ones together, as the steps of a sequence."""
    starts: dict[tuple[int, str], list[int]] = defaultdict(list)
    for i in range(len(program)):
        instruction = program[i]
        if instruction.operation.rule.name == "dot" and instruction.lanes > 1:
            half = instruction.operands.shape[1] // 2
            both = (
                program.batched[instruction.operands[:, :half]].any()
                and program.batched[instruction.operands[:, half:]].any()
            )
            why = "both vectors of each depend on an input" if both else "no vector is used twice"
            starts[instruction.lanes, why].append(instruction.start)
    notes = [
        f"{_listed(where)}: {lanes} dot products do not form a matrix product, because {why}"
        for (lanes, why), where in starts.items()
    ]
    single = int((program.lanes == 1).sum())
    if single > 20 and single > len(program) // 2:
        notes.append(f"{single:,} instructions have one lane: no other operation of their kind is at the same depth")
    return notes[:10]


def _listed(starts: Sequence[int]) -> str:
    """Name instructions by their first registers, of many the first two and the last."""
    names = [f"%{start}" for start in starts]
    return ", ".join(names) if len(names) < 4 else f"{names[0]}, {names[1]}, … {names[-1]} ({len(names)} times)"
