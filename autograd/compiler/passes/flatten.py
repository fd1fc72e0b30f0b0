"""Chains flattened: a + b + c + … is one sum, and products, maxima and minima alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.passes.edit import NewInstructions, rebuild, segments
from autograd.compiler.program import ALL, ANY, FOLDED_MAXIMUM, FOLDED_MINIMUM, Operation, Program
from autograd.core.conditions import CONDITIONS
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["chain_ends", "flatten"]


class _Chain(NamedTuple):
    """What is chained, what it becomes from how many terms on, and the number that Python's own loop starts from.

    chooses: of a term and itself it gives that term.
    """

    link: Operation
    flat: Operation
    least: int
    start: float | None = None
    chooses: bool = False


_CHAINS = (
    _Chain(Operation(RULES["add"]), Operation(RULES["sum"]), 3, 0.0),
    _Chain(Operation(RULES["mul"]), Operation(RULES["prod"]), 4),  # three factors are two quick products
    _Chain(Operation(RULES["maximum"]), Operation(FOLDED_MAXIMUM), 3, chooses=True),
    _Chain(Operation(RULES["minimum"]), Operation(FOLDED_MINIMUM), 3, chooses=True),
    _Chain(Operation(CONDITIONS["logical_or"], True), Operation(ANY, True), 3),
    _Chain(Operation(CONDITIONS["logical_and"], True), Operation(ALL, True), 3),
)


def flatten(program: Program) -> Program:
    """Turn each chain of additions into one sum; likewise products, maxima, minima, and conditions joined by & or |.

    A chain's intermediate results must have no other use. Needs one lane per instruction. Ensures that no addition is
    used only as a term of another, and that no sum begins with the 0 that Python's sum() starts from; likewise for
    products of four or more factors, and maxima and minima of three or more numbers. A flattened maximum keeps the
    chain's shares at a tie (½, then ¼ …).

    >>> import autograd
    >>> f = autograd.compile(lambda x, y, z: sum([x, y, z]), passes=())
    >>> _ = f(1.0, 2.0, 3.0)
    >>> print(f.programs[0])
    inputs      x  1,  y  1,  z  1
    constants   0.0
    %4          add  1   0.0  x[0]
    %5          add  1   %4   y[0]
    %6          add  1   %5   z[0]
    result      %6
    >>> print(flatten(f.programs[0]))
    inputs      x  1,  y  1,  z  1
    constants   0.0
    %4          sum  1   x[0], y[0], z[0]
    result      %4
    """
    for chain in _CHAINS:
        program = _flattened(program, chain)
        if chain.chooses:
            program = _of_one(program, chain)
    return program


def _of_one(program: Program, chain: _Chain) -> Program:
    """The maximum of a number and itself is a maximum of one, until ``singles``."""
    links = [i for i, x in enumerate(program.operations) if x == chain.link]
    chosen = np.flatnonzero(np.isin(program.codes, links)) if links else np.zeros(0, np.int64)
    first = program.first[chosen]
    same = program.operands[first] == program.operands[first + 1]
    chosen, first = chosen[same], first[same]
    if not len(chosen):
        return program
    code, operations = program.code(chain.flat)
    keep = np.ones(len(program), bool)
    keep[chosen] = False
    new = NewInstructions(
        codes=np.full(len(chosen), code),
        counts=np.ones(len(chosen), np.int64),
        operands=program.operands[first].astype(np.int64),
        registers=program.leaves + chosen,
        positions=chosen,
    )
    absorbed = program.leaves + np.arange(len(program))
    return rebuild(program.replace(operations=operations), keep, new, absorbed)


def _flattened(program: Program, chain: _Chain) -> Program:
    mine = [i for i, x in enumerate(program.operations) if x in (chain.link, chain.flat)]
    if not mine or not len(program):
        return program
    is_link = np.isin(program.codes, mine)
    if chain.flat.rule in (FOLDED_MAXIMUM, FOLDED_MINIMUM):
        is_link &= ~_branches(program, is_link)
    root = chain_ends(program, is_link)
    links = np.flatnonzero(is_link & (program.counts > 0))
    starts = np.zeros(len(links), bool)
    if chain.start is not None and not program.reads_signs:
        starts = _is_start(program, program.operands[program.first[links]], chain.start) & (program.counts[links] > 1)
    lengths = np.bincount(root, minlength=len(program))
    touched = (lengths[root[links]] > 1) | starts
    links, starts = links[touched], starts[touched]
    if not len(links):
        return program
    places, counts = segments(program.first, links)
    terms, owner = program.operands[places], root[np.repeat(links, counts)]
    merged = terms >= program.leaves
    merged[merged] = (root != np.arange(len(program)))[terms[merged] - program.leaves]
    merged[(np.cumsum(counts) - counts)[starts]] = True
    terms, owner = terms[~merged], owner[~merged]
    order = np.argsort(owner, kind="stable")
    terms, owner = terms[order], owner[order]
    roots, first, lengths = np.unique(owner, return_index=True, return_counts=True)
    return _replaced(program, chain, root, terms, roots, first, lengths)


def chain_ends(program: Program, is_link: Array) -> Array:
    """For each instruction the last of the chain that it is in the middle of, or itself."""
    numbers = np.arange(len(program), dtype=np.int32)
    inside = program.operands >= program.leaves
    operations = program.operands[inside] - program.leaves
    uses = np.bincount(operations, minlength=len(program))
    uses[program.outputs[program.outputs >= program.leaves] - program.leaves] += 2
    only_user = numbers.copy()
    only_user[operations] = np.repeat(numbers, program.counts)[inside]
    middle = is_link & (uses == 1) & is_link[only_user]
    root = np.where(middle, only_user, numbers)
    while True:  # as many rounds as the length of the longest chain has bits
        further = root[root]
        if (further == root).all():
            return root
        root = further


def _branches(program: Program, is_link: Array) -> Array:
    """The links that would make a tree of a chain: at a tie, max(max(a, b), max(c, d)) has other shares than the chain.

    Of two operands one may be a link, whichever it is: the shares of two are alike. Of more, it is the first.
    """
    branches = np.zeros(len(program), bool)
    made = np.where(program.operands >= program.leaves, program.operands - program.leaves, 0)
    linked = (program.operands >= program.leaves) & is_link[made]
    links = np.flatnonzero(is_link)
    places, counts = segments(program.first, links)
    head = np.repeat(program.first[links], counts)
    later = linked[places] & (places > head) & (linked[head] | (np.repeat(counts, counts) > 2))
    branches[made[places[later]]] = True
    return branches


def _is_start(program: Program, terms: Array, start: float) -> Array:
    """Whether a term is the number that Python's own sum() starts from."""
    constant = program.is_constant(terms)
    numbers = np.append(program.constants, np.nan)
    return numbers[np.where(constant, terms - program.first_constant, -1)] == start  # type: ignore[no-any-return]


def _replaced(
    program: Program, chain: _Chain, root: Array, terms: Array, roots: Array, first: Array, lengths: Array
) -> Program:
    """The program with each chain that is long enough, or that lost its start, as one instruction."""
    links = np.bincount(root, minlength=len(program))[roots]
    touched = (links > 1) | (lengths < program.counts[roots])
    chosen = np.flatnonzero(touched & ((lengths >= chain.least) | (lengths <= 2)))
    if not len(chosen):
        return program
    pair, operations = program.code(chain.link)
    flat, operations = program.replace(operations=operations).code(chain.flat)
    program = program.replace(operations=operations)
    places, counts = segments(np.append(first, len(terms)), chosen)
    new = NewInstructions(
        codes=np.where(counts == 2, pair, flat),
        counts=counts,
        operands=terms[places],
        registers=program.leaves + roots[chosen],
        positions=roots[chosen],
    )
    keep = ~np.isin(root, roots[chosen])
    return rebuild(program, keep, new, program.leaves + root)
