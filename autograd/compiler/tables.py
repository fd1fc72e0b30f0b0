"""Long tables: an operation lists a table's numbers once, and picks name it instead of listing them again.

A pick has as operands its index and then the numbers of its table, or its index and the register of a ``table``
(``core/picking.py``). That register holds no number of its own: what reads it is a pick, which reads the table's
operands. Where a program runs register by register, all numbers are listed in the picks.
"""

from __future__ import annotations

import numpy as np

from autograd.compiler.program import Instruction, Program
from autograd.core.picking import PICK, TABLE
from autograd.util.arrays import Array

__all__ = ["listed", "owned_tables", "picked_tables"]


def owned_tables(program: Program) -> dict[int, Array]:
    """Return the registers that each table lists, by the table's own register."""
    codes = [i for i, operation in enumerate(program.operations) if operation.rule is TABLE]
    return {
        instruction.start + lane: row
        for number in (np.flatnonzero(np.isin(program.codes, codes)) if codes else ())
        for instruction in [program[number]]
        for lane, row in enumerate(instruction.operands)
    }


def picked_tables(program: Program, pick: Instruction) -> tuple[list[Array], Array]:
    """Return the distinct tables of a pick, each as registers; and which of them each lane has."""
    if pick.operands.shape[1] != 2:
        return list(pick.operands[:, 1:]), np.arange(pick.lanes)
    known = owned_tables(program)
    distinct, table_of = np.unique(pick.operands[:, 1], return_inverse=True)
    return [known.get(int(x), np.array([x])) for x in distinct], table_of


def listed(program: Program) -> Program:
    """Return the program with the numbers of all tables listed in the picks.

    Needs one lane per instruction. The tables stay, so that an instruction keeps its number; nothing reads them.
    """
    known = owned_tables(program)
    if not known:
        return program
    picks = [i for i, operation in enumerate(program.operations) if operation.rule is PICK]
    parts = np.split(program.operands, program.first[1:-1])
    for i in np.flatnonzero(np.isin(program.codes, picks) & (program.counts == 2)):
        index, table = parts[i].tolist()
        parts[i] = np.concatenate([[index], known.get(table, [table])])
    counts = [len(part) for part in parts]
    return program.replace(
        operands=np.concatenate(parts).astype(np.int32), first=np.concatenate([[0], np.cumsum(counts)])
    )
