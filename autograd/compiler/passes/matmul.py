"""Turn dot products that share their vectors into matrix products."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.program import MATMUL, Operation, Program
from autograd.util.arrays import Array, distinct

__all__ = ["matmul"]


_LEAST_PRODUCTS = 32
"""Of two activations, matrices with fewer multiplications are multiplied and summed number by number: a product of
matrices starts anew in each row of the batch, which takes as long as so many."""


class _Piece(NamedTuple):
    """A part of an instruction: which lanes, in which order; as a matrix product, its shape and operands."""

    number: int
    code: int
    lanes: Array
    operands: Array
    shape: tuple[int, int, int, int] = (0, 0, 0, 0)


def matmul(program: Program) -> Program:
    """Turn the dot products of every vector in one set with every vector in another into one matrix product.

    One set, both (attention's queries and keys) or none may depend on an input. Several such grids of one shape are
    stacked. Reused weights, transposed or not, and overlapping windows (a convolution) are grids like any other; a
    matrix whose numbers are not evenly spaced is gathered. Needs dot products and levels. Ensures the same results in
    the same registers, up to their order within an instruction.

    >>> import autograd
    >>> from autograd.compiler.passes import levels
    >>> w = [autograd.Value(1.0), autograd.Value(2.0)]
    >>> v = [autograd.Value(3.0), autograd.Value(4.0)]
    >>> f = autograd.compile(lambda x: autograd.dot(w, x) * autograd.dot(v, x), passes=(levels,))
    >>> _ = f([1.0, 2.0])
    >>> print(f.programs[0])
    inputs      x  2
    parameters  4
    %6          dot  2  p[0:4]  x[0:2] (2 times)
    %8          mul  1  %6      %7
    result      %8
    >>> print(matmul(f.programs[0]))
    inputs      x  2
    parameters  4
    %6          matmul  2×2  p[0:4]  x[0:2]
    %8          mul     1    %6      %7
    result      %8
    """
    dots = [i for i, x in enumerate(program.operations) if x.rule.name == "dot" and x.rule.builtin and not x.stopped]
    chosen = np.flatnonzero(np.isin(program.codes, dots))
    if not len(chosen) or program.reads_signs:
        return program
    code, operations = program.code(Operation(MATMUL))
    pieces: list[_Piece] = []
    for i in chosen.tolist():
        instruction = program[i]
        whole = _Piece(i, int(program.codes[i]), np.arange(instruction.lanes), instruction.operands)
        parts = _split(program, whole, code)
        pieces += [] if len(parts) == 1 and parts[0] is whole else parts
    return _assembled(program.replace(operations=operations), pieces)


def _split(program: Program, whole: _Piece, code: int) -> list[_Piece]:
    """The grids among an instruction's dot products, and what is left."""
    half = whole.operands.shape[1] // 2
    left, right = whole.operands[:, :half], whole.operands[:, half:]
    if not half:
        return [whole]
    batched, both = bool(program.batched[right].any()), bool(program.batched[left].any())
    if both and half * len(left) < _LEAST_PRODUCTS:
        return [whole]
    grid, shapes = _grids(_distinct(left), _distinct(right))
    pieces = []
    for lanes, stack in _by_shape(grid, shapes):
        alone = len(lanes) == stack and (stack > 1 or both)  # no vector is shared: nothing to gain
        if alone or (both and half * len(lanes) < _LEAST_PRODUCTS * stack):
            pieces.append(whole._replace(lanes=np.sort(lanes), operands=whole.operands[np.sort(lanes)]))
        else:
            pieces.append(_product(whole, code, lanes, stack, left, right, batched))
    return pieces


def _distinct(vectors: Array) -> Array:
    """A number for each vector, equal for equal ones, in the order of first appearance."""
    numbers: dict[bytes, int] = {}  # no np.unique with an axis: in its comparison NumPy swallows Ctrl-C
    return np.array([numbers.setdefault(vector.tobytes(), len(numbers)) for vector in vectors])


def _grids(rows: Array, columns: Array) -> tuple[Array, Array]:
    """For each lane the number of the full grid it is in, −1 where there is none; and (rows, columns) of each grid."""
    first_row = np.full(int(columns.max()) + 1, len(rows))
    np.minimum.at(first_row, columns, rows)
    grid = np.full(int(rows.max()) + 1, len(rows))
    np.minimum.at(grid, rows, first_row[columns])
    of = grid[rows]
    count = int(of.max()) + 1
    height, pairs = np.bincount(grid, minlength=count), _distinct_pairs(rows, columns)
    in_grid, column = _distinct_pairs(of, columns)
    width, shared = np.bincount(in_grid, minlength=count), np.bincount(column)[column] > 1
    alone = np.bincount(in_grid[shared], minlength=count) == 0
    lanes = np.bincount(of, minlength=count)
    full = alone & (height * width == lanes) & (np.bincount(grid[pairs[0]], minlength=count) == lanes)
    return np.where(full[of], of, -1), np.stack([height, width], axis=1)


def _distinct_pairs(a: Array, b: Array) -> tuple[Array, Array]:
    both = distinct(a * (int(b.max()) + 1) + b)
    return both // (int(b.max()) + 1), both % (int(b.max()) + 1)


def _by_shape(grid: Array, shapes: Array) -> list[tuple[Array, int]]:
    """The lanes of the grids of each shape, sorted by grid, and how many there are; loose lanes are grids of one."""
    lanes = np.argsort(grid, kind="stable")
    lanes = lanes[np.searchsorted(grid[lanes], 0) :]
    keys = shapes[grid[lanes], 0] * (int(shapes.max()) + 1) + shapes[grid[lanes], 1]
    _, first = np.unique(keys, return_index=True)
    groups = [lanes[keys == keys[i]] for i in np.sort(first)]
    loose = np.flatnonzero(grid < 0)
    return [(x, len(distinct(grid[x]))) for x in groups] + ([(loose, len(loose))] if len(loose) else [])


def _product(whole: _Piece, code: int, lanes: Array, stack: int, left: Array, right: Array, batched: bool) -> _Piece:
    """One matrix product for these lanes. Weights stand left, but for a whole data set, whose rows come first."""
    grids = lanes.reshape(stack, -1)
    rows, columns = _distinct(left[lanes]).reshape(stack, -1), _distinct(right[lanes]).reshape(stack, -1)
    by_row = np.stack([grid[np.lexsort([c, r])] for grid, r, c in zip(grids, rows, columns, strict=True)])
    height = len(distinct(rows[0]))
    by_row = by_row.reshape(stack, height, -1)
    if batched or np.array_equal(by_row[0].ravel(), np.sort(by_row[0].ravel())):
        order, a, b = by_row, left[by_row[:, :, 0]], right[by_row[:, 0, :]]
    else:
        order = by_row.transpose(0, 2, 1)
        a, b = right[order[:, :, 0]], left[order[:, 0, :]]
    b = b.transpose(0, 2, 1)
    operands = np.concatenate([a.ravel(), b.ravel()])
    return _Piece(whole.number, code, order.ravel(), operands, (stack, a.shape[1], a.shape[2], b.shape[2]))


def _assembled(program: Program, pieces: list[_Piece]) -> Program:
    """The program with these pieces in place of their instructions; the others stay as they are."""
    split = np.array([piece.number for piece in pieces], np.int64)
    if not len(split):
        return program
    size, times = len(program), np.ones(len(program), np.int64)
    times[split] = 0
    times += np.bincount(split, minlength=size)
    end = np.cumsum(times)
    rank = np.arange(len(split)) - np.searchsorted(split, split)
    places = end[split] - times[split] + rank
    codes, lanes, counts = (np.repeat(x, times) for x in (program.codes, program.lanes, program.counts))
    shapes = np.repeat(program.shapes, times, axis=0) if len(program.shapes) else np.zeros((len(codes), 4), np.int64)
    codes[places], shapes[places] = [x.code for x in pieces], [x.shape for x in pieces]
    lanes[places], counts[places] = [len(x.lanes) for x in pieces], [x.operands.size for x in pieces]
    stays = np.ones(len(codes), bool)
    stays[places] = False
    operands = np.empty(int(counts.sum()), np.int32)
    before = np.ones(size, bool)
    before[split] = False
    operands[np.repeat(stays, counts)] = program.operands[np.repeat(before, program.counts)]
    operands[np.repeat(~stays, counts)] = np.concatenate([x.operands.ravel() for x in pieces])
    starts = program.leaves + np.concatenate([[0], np.cumsum(lanes, dtype=np.int64)])
    renamed = np.arange(int(program.starts[-1]))
    for place, piece in zip(places.tolist(), pieces, strict=True):
        renamed[program.starts[piece.number] + piece.lanes] = starts[place] + np.arange(len(piece.lanes))
    return program.replace(
        codes=codes,
        lanes=lanes,
        first=np.concatenate([[0], np.cumsum(counts)]),
        operands=renamed[operands].astype(np.int32),
        outputs=renamed[program.outputs],
        instruction_of=np.append(end - 1, -1)[program.instruction_of].astype(np.int32),  # of parts the last
        shapes=shapes,
    )
