"""Dot products that share their vectors become matrix products."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.program import MATMUL, Operation, Program
from autograd.util.arrays import Array

__all__ = ["matmul"]


class _Piece(NamedTuple):
    """A part of an instruction: which lanes, in which order; as a matrix product, its shape and operands."""

    number: int
    code: int
    lanes: Array
    operands: Array
    shape: tuple[int, int, int, int] = (0, 0, 0, 0)


def matmul(program: Program) -> Program:
    """Dot products of every vector of one set with every vector of another become one matrix product.

    One set does not depend on an input (weights, constants), or neither does. Several such grids of one shape are
    stacked. Weights used again, transposed or not, and overlapping windows (a convolution) are grids like any other: a
    matrix whose numbers do not lie in steps is gathered. Needs dot products and levels. Ensures the same results on
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
    chosen = set(np.flatnonzero(np.isin(program.codes, dots)).tolist())
    if not chosen or program.reads_signs:
        return program
    code, operations = program.code(Operation(MATMUL))
    pieces: list[_Piece] = []
    codes, lanes, first = program.codes.tolist(), program.lanes.tolist(), program.first.tolist()
    for i in range(len(program)):
        whole = _Piece(i, codes[i], np.arange(lanes[i]), program.operands[first[i] : first[i + 1]])
        if i in chosen:
            pieces += _split(program, whole._replace(operands=whole.operands.reshape(lanes[i], -1)), code)
        else:
            pieces.append(whole)
    return _assembled(program.replace(operations=operations), pieces)


def _split(program: Program, whole: _Piece, code: int) -> list[_Piece]:
    """The grids among an instruction's dot products, and what is left."""
    half = whole.operands.shape[1] // 2
    left, right = whole.operands[:, :half], whole.operands[:, half:]
    if program.batched[left].any() or not half:
        return [whole]
    batched = bool(program.batched[right].any())
    rows, columns = _distinct(left), _distinct(right)
    grid = _grids(rows, columns)
    pieces = []
    for lanes, stack in _by_shape(grid, rows, columns):
        if len(lanes) == stack > 1:  # no vector is shared: nothing to gain
            pieces.append(whole._replace(lanes=np.sort(lanes), operands=whole.operands[np.sort(lanes)]))
        else:
            pieces.append(_product(whole, code, lanes, stack, left, right, batched))
    return pieces


def _distinct(vectors: Array) -> Array:
    """A number for each vector, equal for equal ones, in the order of first appearance."""
    numbers: dict[bytes, int] = {}  # no np.unique with an axis: in its comparison NumPy swallows Ctrl-C
    return np.array([numbers.setdefault(vector.tobytes(), len(numbers)) for vector in vectors])


def _grids(rows: Array, columns: Array) -> Array:
    """For each lane the number of the full grid it is in, −1 where there is none."""
    first_row = np.full(int(columns.max()) + 1, len(rows))
    np.minimum.at(first_row, columns, rows)
    grid = np.full(int(rows.max()) + 1, len(rows))
    np.minimum.at(grid, rows, first_row[columns])
    of = grid[rows]
    whole = np.zeros(len(rows), bool)
    for number in np.unique(of):
        mine = np.flatnonzero(of == number)
        size = len(np.unique(rows[mine])) * len(np.unique(columns[mine]))
        pairs = len(np.unique(rows[mine] * (int(columns.max()) + 1) + columns[mine]))
        alone = len(np.unique(of[np.isin(columns, columns[mine])])) == 1
        whole[mine] = alone and size == pairs == len(mine)
    return np.where(whole, of, -1)


def _by_shape(grid: Array, rows: Array, columns: Array) -> list[tuple[Array, int]]:
    """The lanes of the grids of each shape, sorted by grid, and how many there are; loose lanes are grids of one."""
    shapes: dict[tuple[int, int], list[Array]] = {}
    for number in np.unique(grid[grid >= 0]):
        mine = np.flatnonzero(grid == number)
        shapes.setdefault((len(np.unique(rows[mine])), len(np.unique(columns[mine]))), []).append(mine)
    groups = [(np.concatenate(grids), len(grids)) for grids in shapes.values()]
    loose = np.flatnonzero(grid < 0)
    return groups + ([(loose, len(loose))] if len(loose) > 1 else [(loose, 1)] if len(loose) else [])


def _product(whole: _Piece, code: int, lanes: Array, stack: int, left: Array, right: Array, batched: bool) -> _Piece:
    """One matrix product for these lanes. Weights stand left, but for a whole data set, whose rows come first."""
    grids = lanes.reshape(stack, -1)
    rows, columns = _distinct(left[lanes]).reshape(stack, -1), _distinct(right[lanes]).reshape(stack, -1)
    by_row = np.stack([grid[np.lexsort([c, r])] for grid, r, c in zip(grids, rows, columns, strict=True)])
    height = len(np.unique(rows[0]))
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
    renamed = np.arange(int(program.starts[-1]))
    number_of = np.arange(len(program))
    start = program.leaves
    for number, piece in enumerate(pieces):
        renamed[program.starts[piece.number] + piece.lanes] = start + np.arange(len(piece.lanes))
        number_of[piece.number] = number  # of a split instruction, the last part
        start += len(piece.lanes)
    flat = [piece.operands.ravel() for piece in pieces]
    return program.replace(
        codes=np.array([piece.code for piece in pieces], np.int32),
        lanes=np.array([len(piece.lanes) for piece in pieces], np.int32),
        first=np.concatenate([[0], np.cumsum([len(x) for x in flat])]),
        operands=renamed[np.concatenate(flat)].astype(np.int32),
        outputs=renamed[program.outputs],
        instruction_of=np.append(number_of, -1)[program.instruction_of].astype(np.int32),
        shapes=np.array([piece.shape for piece in pieces], np.int64).reshape(-1, 4),
    )
