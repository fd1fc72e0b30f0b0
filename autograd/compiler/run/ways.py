"""The way a program runs, by its shape and the number of rows: arrays with regions, or register by register."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiler.program import Program
from autograd.compiler.run.arrays.regions import Item

__all__ = ["MANY_ROWS", "by_register", "irregularity"]

MANY_ROWS = 64
"""From here on the gathers of a region cost more than the calls that it saves."""
_WIDE = 2.2
"""With fewer lanes an instruction than this in its regions, groups have too few operations: rows are as fast."""
_NEARLY_ALL = 0.9
"""With more of its operands than this in regions, a program is irregular."""


def irregularity(program: Program, items: Sequence[Item]) -> tuple[float, bool]:
    """The share of a program's operands that is in regions, and whether the instructions there have many lanes."""
    regions = [item.numbers for item in items if item.is_region]
    if not regions:
        return 0.0, False
    numbers = np.concatenate(regions)
    share = program.counts[numbers].sum() / max(1, len(program.operands))
    return float(share), bool(program.lanes[numbers].mean() >= _WIDE)


def by_register(few_lanes: bool, irregular: float, wide: bool, batch_size: int, careful: bool) -> bool:
    """Whether a program runs a row of memory a register, or on floats.

    What hardly re-rolls does, if it is narrow or has many rows; and what has regions, where it has to be careful.
    """
    if not irregular or batch_size == 1:
        return few_lanes or (careful and irregular > 0)
    if careful or (batch_size > MANY_ROWS and irregular > _NEARLY_ALL):
        return True
    return few_lanes and (not wide or batch_size > MANY_ROWS)
