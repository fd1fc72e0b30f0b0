"""Turn sums of products into dot products; a bias beside them counts as itself times 1."""

from __future__ import annotations

import numpy as np

from autograd.compiler.passes.edit import NewInstructions, rebuild, segments, with_constants
from autograd.compiler.program import Operation, Program
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["dots"]

_OTHER, _PARAMETER, _PRODUCT, _DOT = range(4)


def dots(program: Program) -> Program:
    """Turn each sum that has two or more products, or a dot product, into one dot product plus the other terms.

    Needs one lane per instruction, and flattened sums. Ensures that no sum has two terms that are products nothing
    else uses, and that a sum of one such product is a dot product of one pair (until ``singles``). A parameter beside a
    dot product joins it, times 1, after the products, so that a layer's weights and biases form one matrix. In each
    product the factor that does not depend on an input comes first. A program in which a zero's sign may matter is not
    changed.

    >>> import autograd
    >>> from autograd.compiler.passes import flatten
    >>> w, v, b = autograd.Value(1.0), autograd.Value(2.0), autograd.Value(3.0)
    >>> f = autograd.compile(lambda x, y: w * x + y * v + b, passes=(flatten,))
    >>> _ = f(1.0, 2.0)
    >>> print(f.programs[0])
    inputs      x  1,  y  1
    parameters  3
    %5          mul  1  p[0]        x[0]
    %6          mul  1  y[0]        p[1]
    %7          sum  1  %5:7, p[2]
    result      %7
    >>> print(dots(f.programs[0]))
    inputs      x  1,  y  1
    parameters  3
    constants   1.0
    %6          dot  1  p[0:3]  x[0], y[0], 1.0
    result      %6
    """
    if program.reads_signs:
        return program
    codes = {name: _codes(program, name) for name in ("add", "sum", "mul", "dot")}
    sums = np.flatnonzero(np.isin(program.codes, codes["add"] + codes["sum"]))
    if not len(sums):
        return _ordered(program)
    places, counts = segments(program.first, sums)
    terms, owner = program.operands[places].astype(np.int64), np.repeat(np.arange(len(sums)), counts)
    kind = _kinds(program, terms, codes)
    has_dot = np.bincount(owner[kind == _DOT], minlength=len(sums)) > 0
    products = np.bincount(owner[kind == _PRODUCT], minlength=len(sums))
    chosen = has_dot | (products > 1) | ((products == 1) & (counts == 1))
    if not chosen.any():
        return _ordered(program)
    keep = np.ones(len(program), bool)
    keep[sums[chosen]] = False
    mine = chosen[owner]
    inside = mine & ((kind == _PRODUCT) | (kind == _DOT))
    keep[terms[inside] - program.leaves] = False
    return _ordered(_replaced(program, keep, sums, chosen, terms[mine], owner[mine], kind[mine]))


def _codes(program: Program, name: str) -> list[int]:
    return [i for i, x in enumerate(program.operations) if x.rule is RULES[name] and not x.stopped]


def _kinds(program: Program, terms: Array, codes: dict[str, list[int]]) -> Array:
    """What each term is: a product or dot product that nothing else uses, a parameter, or another number."""
    uses = np.bincount(program.operands, minlength=int(program.starts[-1]))
    uses += np.bincount(program.outputs, minlength=int(program.starts[-1])) * 2
    made = terms >= program.leaves
    once = np.zeros(len(terms), bool)
    once[made] = uses[terms[made]] == 1
    code = np.full(len(terms), -1)
    code[once] = program.codes[terms[once] - program.leaves]
    kind = np.full(len(terms), _OTHER)
    kind[program.is_parameter(terms)] = _PARAMETER
    kind[np.isin(code, codes["mul"])] = _PRODUCT
    kind[np.isin(code, codes["dot"])] = _DOT
    return kind


def _replaced(
    program: Program, keep: Array, sums: Array, chosen: Array, terms: Array, owner: Array, kind: Array
) -> Program:
    """The chosen sums as a dot product each, and a sum of it and what is not a product."""
    before = program.leaves
    program, one = with_constants(program, np.array([1.0]))
    terms = np.where(terms >= before, terms + (program.leaves - before), terms)
    left, right, of = _factors(program, terms, owner, kind, int(one[0]))
    roots = sums[chosen]
    rank = np.cumsum(chosen) - 1
    of, others, others_of = rank[of], terms[kind == _OTHER], rank[owner[kind == _OTHER]]
    lengths = np.bincount(of, minlength=len(roots))
    rest = np.bincount(others_of, minlength=len(roots))
    registers = np.where(rest > 0, program.starts[-1] + np.arange(len(roots)), program.leaves + roots)
    both = _joined(lengths, left, right)
    remaining = np.flatnonzero(rest > 0)
    summed = _with_first(registers[remaining], rest[remaining], others)
    codes, program = [], program
    for name in ("dot", "add", "sum"):
        code, operations = program.code(Operation(RULES[name]))
        program = program.replace(operations=operations)
        codes.append(code)
    new = NewInstructions(
        codes=np.concatenate([np.full(len(roots), codes[0]), np.where(rest[remaining] == 1, codes[1], codes[2])]),
        counts=np.concatenate([2 * lengths, rest[remaining] + 1]),
        operands=np.concatenate([both, summed]),
        registers=np.concatenate([registers, program.leaves + roots[remaining]]),
        positions=np.concatenate([roots, roots[remaining]]),
    )
    absorbed = program.leaves + np.arange(len(program))
    inside = (kind == _PRODUCT) | (kind == _DOT)
    absorbed[terms[inside] - program.leaves] = registers[rank[owner[inside]]]
    return rebuild(program, keep, new, absorbed)


def _factors(program: Program, terms: Array, owner: Array, kind: Array, one: int) -> tuple[Array, Array, Array]:
    """The two factors of each product, in the order of the terms but biases last, and which sum each belongs to.

    So a layer's matrix has its biases in the last column, and its inputs a 1 after them, wherever a sum begins.
    """
    taken = np.flatnonzero(kind != _OTHER)
    taken = taken[np.lexsort([kind[taken] == _PARAMETER, owner[taken]])]
    terms, owner, kind = terms[taken], owner[taken], kind[taken]
    made = np.where(kind == _PARAMETER, 0, terms - program.leaves)
    lengths = np.where(kind == _DOT, program.counts[made] // 2, 1)
    begin = program.first[made]
    ends = np.cumsum(lengths)
    index = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    wide = np.repeat(kind, lengths)
    place = np.repeat(begin, lengths) + index
    far = place + np.repeat(lengths, lengths)
    last = len(program.operands) - 1
    left = np.where(wide == _PARAMETER, np.repeat(terms, lengths), program.operands[np.minimum(place, last)])
    right = np.where(wide == _PARAMETER, one, program.operands[np.minimum(far, last)])
    return left, right, np.repeat(owner, lengths)


def _joined(lengths: Array, left: Array, right: Array) -> Array:
    """left₀ … right₀ … left₁ … right₁ …, each pair of the given length."""
    ends = np.cumsum(lengths)
    begin = np.repeat(2 * (ends - lengths), lengths)
    index = np.arange(len(left)) - np.repeat(ends - lengths, lengths)
    both = np.empty(2 * len(left), np.int64)
    both[begin + index] = left
    both[begin + np.repeat(lengths, lengths) + index] = right
    return both


def _with_first(heads: Array, lengths: Array, tails: Array) -> Array:
    """head₀, tail₀ …, head₁, tail₁ …"""
    ends = np.cumsum(lengths + 1)
    both = np.empty(len(heads) + len(tails), np.int64)
    at_head = np.zeros(len(both), bool)
    at_head[ends - lengths - 1] = True
    both[at_head], both[~at_head] = heads, tails
    return both


def _ordered(program: Program) -> Program:
    """In each product of a dot product, what does not depend on an input first; parameters before all else."""
    chosen = np.flatnonzero(np.isin(program.codes, _codes(program, "dot")))
    if not len(chosen):
        return program
    places, counts = segments(program.first, chosen)
    half = np.repeat(counts // 2, counts)
    ends = np.cumsum(counts)
    is_left = np.arange(len(places)) - np.repeat(ends - counts, counts) < half
    left, right = places[is_left], places[is_left] + half[is_left]
    rank = np.where(program.batched, 3, 2)
    rank[program.first_parameter : program.first_constant] = 0
    rank[program.first_constant : program.leaves] = 1
    operands = program.operands.copy()
    swap = rank[operands[left]] > rank[operands[right]]
    operands[left[swap]], operands[right[swap]] = program.operands[right[swap]], program.operands[left[swap]]
    return program.replace(operands=operands)
