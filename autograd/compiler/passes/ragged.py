"""Ragged families padded: reductions of 1, 2, … T terms that are otherwise alike become reductions of T terms each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.passes.edit import with_constants
from autograd.compiler.passes.levels import depths, sorts
from autograd.compiler.passes.rectangles import Rectangles
from autograd.compiler.program import ALL, ANY, FOLDED_MAXIMUM, FOLDED_MINIMUM, Operation, Program
from autograd.core.conditions import CONDITIONS
from autograd.table import RULES, Rule
from autograd.util.arrays import Array, distinct, grouped

__all__ = ["ragged"]

_INF = float("inf")


class _Reduction(NamedTuple):
    """What reduces any number of terms, the operation that it is for two, and the term that changes nothing."""

    rule: Rule
    pair: Rule | None
    identity: float


_REDUCTIONS = (
    _Reduction(RULES["sum"], RULES["add"], -0.0),
    _Reduction(RULES["dot"], None, 0.0),
    _Reduction(FOLDED_MAXIMUM, RULES["maximum"], -_INF),
    _Reduction(FOLDED_MINIMUM, RULES["minimum"], _INF),
    _Reduction(RULES["max"], None, -_INF),
    _Reduction(RULES["min"], None, _INF),
    _Reduction(RULES["logsumexp"], None, -_INF),
    _Reduction(ANY, CONDITIONS["logical_or"], 0.0),
    _Reduction(ALL, CONDITIONS["logical_and"], 1.0),
)

_LEAST_WIDTH, _LEAST_LENGTHS, _LEAST_TERMS = 4, 3, 9
"""A family has a reduction of so many terms, so many lengths, and so many terms in all: 2 + 3 + 4 are enough."""
_LEAST_SHARE = 50
"""Where less than one operand in so many is in a reduction of four terms or more, nothing is looked for: a random graph
would take a tenth longer to compile."""


def ragged(program: Program) -> Program:
    """Pad reductions that differ only in their number of terms to the longest, with terms that change nothing.

    Alike are reductions of one kind at one depth whose first terms are of one kind, too. They are padded where it pays:
    where they have at least three lengths (three or more instructions become one), the longest has at least four terms,
    all together nine, and the rectangle holds less than twice the terms that there are: a triangle does, of any size.

    What is put in a gap: where the terms are computed alike from rows and columns (a query of each row and a key of
    each column), the term that would be there, so that whatever is computed of the terms is a rectangle, too, and lies
    in even steps; it is masked where it would not be the identity already (as e^−∞ is). Else the identity itself.
    A gap's term gets no gradient but an exact 0; where that is 0·∞, the nan leads to the program as it was recorded.

    Needs one lane an instruction, in any order that is legal. Ensures the reductions of such a family have one length,
    and instructions in order of depth. A program in which a zero's sign may matter stays as it is.

    >>> import autograd
    >>> from autograd.compiler.passes import drop
    >>> f = autograd.compile(lambda x: [autograd.max(x[: i + 1]) for i in range(4)], passes=())
    >>> _ = f([1.0, 5.0, 2.0, 7.0])
    >>> print(f.programs[0])
    inputs      x  4
    %4          max  1  x[0]
    %5          max  1  x[0:2]
    %6          max  1  x[0:3]
    %7          max  1  x[0:4]
    result      %4:8
    >>> print(drop(ragged(f.programs[0])))
    inputs      x  4
    constants   -inf
    %5          max  1  x[0], -inf, -inf, -inf
    %6          max  1  x[0:2], -inf, -inf
    %7          max  1  x[0:3], -inf
    %8          max  1  x[0:4]
    result      %5:9
    """
    if program.reads_signs or not any(_may_pay(program, x) for x in _REDUCTIONS):
        return program
    depth = depths(program)
    kind = _kinds(program, depth)
    families = [
        (int(depth[numbers[0]]), reduction, stopped, numbers)
        for reduction in _REDUCTIONS
        for stopped, numbers in _families(program, reduction, depth, kind)
    ]
    if not families:
        return program
    program, constants = with_constants(program, np.array([-0.0, 0.0, 1.0, -_INF, _INF]))
    rectangles = Rectangles(program, depth, constants)
    for _, reduction, stopped, numbers in sorted(families, key=lambda family: family[0]):
        _pad(rectangles, reduction, stopped, numbers)
    return rectangles.assembled()


def _codes(program: Program, reduction: _Reduction, stopped: bool) -> list[int]:
    rules = (reduction.rule, reduction.pair)
    return [i for i, x in enumerate(program.operations) if x.rule in rules and x.stopped == stopped]


def _may_pay(program: Program, reduction: _Reduction) -> bool:
    """Whether such reductions are of several lengths, and not next to nothing of the program."""
    codes = _codes(program, reduction, False) + _codes(program, reduction, True)
    counts = program.counts[np.isin(program.codes, codes)] if codes else np.zeros(0, np.int64)
    lengths = counts // len(reduction.rule.operands)
    long = int(counts[lengths >= _LEAST_WIDTH].sum())
    return len(distinct(lengths)) >= _LEAST_LENGTHS and long * _LEAST_SHARE > len(program.operands)


def _families(program: Program, reduction: _Reduction, depth: Array, kind: Array) -> list[tuple[bool, Array]]:
    """The instructions of each family that is worth padding, and whether no derivative flows through them."""
    families = []
    for stopped in (False, True):
        codes = _codes(program, reduction, stopped)
        chosen = np.flatnonzero(np.isin(program.codes, codes) & (program.counts > 0)) if codes else np.zeros(0, int)
        if not len(chosen):
            continue
        groups = len(reduction.rule.operands)
        lengths = program.counts[chosen] // groups
        heads = [kind[program.operands[program.first[chosen] + group * lengths]] for group in range(groups)]
        keys = [depth[chosen], *heads]
        order = np.lexsort(keys)
        edges = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
        starts = np.concatenate([[0], np.flatnonzero(edges) + 1])
        pays = _pays(lengths[order], starts)
        ends = np.append(starts[1:], len(order))
        families += [(stopped, np.sort(chosen[order[a:b]])) for a, b in zip(starts[pays], ends[pays], strict=True)]
    return families


def _pays(lengths: Array, starts: Array) -> Array:
    """Which families, that begin at ``starts``, are worth padding."""
    size, width = np.diff(np.append(starts, len(lengths))), np.maximum.reduceat(lengths, starts)
    family = np.repeat(np.arange(len(starts)), size)
    most = int(lengths.max()) + 1
    varied = np.bincount(distinct(family * most + lengths) // most, minlength=len(starts))
    terms = np.add.reduceat(lengths, starts)
    large = (width >= _LEAST_WIDTH) & (varied >= _LEAST_LENGTHS) & (terms >= _LEAST_TERMS)
    return large & (size * width < 2 * terms)


def _kinds(program: Program, depth: Array) -> Array:
    """For each register a number that is the same for those which ``levels`` would put into one instruction."""
    order, edges = grouped(depth, program.codes, program.counts, sorts(program))
    group = np.empty(len(program), np.int64)
    group[order] = np.cumsum(edges) - 1
    leaf = np.where(program.batched[: program.leaves], -1, -2)
    leaf[program.is_constant(np.arange(program.leaves))] = -3
    return np.concatenate([leaf, group])


def _pad(rectangles: Rectangles, reduction: _Reduction, stopped: bool, numbers: Array) -> None:
    """Give each of a family's reductions the terms of the longest."""
    program, groups = rectangles.program, len(reduction.rule.operands)
    counts = program.counts[numbers]
    lengths = counts // groups
    width = int(lengths.max())
    real = np.arange(width) < lengths[:, None]
    parts = []
    for group in range(groups):
        begins = program.first[numbers] + group * lengths
        terms = np.zeros(real.shape, np.int64)
        terms[real] = program.operands[(begins[:, None] + np.arange(width))[real]]
        parts.append(terms)
    if groups == 1:
        whole = [rectangles.filled(parts[0], real, reduction.identity)]
    else:
        whole = rectangles.filled_pairs(parts[0], parts[1], real)
    rectangles.replace(numbers, Operation(reduction.rule, stopped), np.concatenate(whole, axis=1))
