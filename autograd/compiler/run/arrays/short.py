"""Short reductions whose terms lie in even steps, term by term, but not all together: the pool of a convolution, say.

As one array they would have to be gathered, and their gradients scattered. Term by term they are a call each, on views.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from autograd.compiler.program import FOLDED_MAXIMUM, FOLDED_MINIMUM, Instruction
from autograd.compiler.run.arrays.kernels import Binding, binds
from autograd.compiler.run.arrays.layout import Step
from autograd.compiler.run.arrays.lowering import Lowering
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.views import View, common_steps, steps_of
from autograd.compiler.run.plan import BoundCall
from autograd.compiler.trace import trace
from autograd.table import RULES, Rule
from autograd.util.arrays import Array

__all__ = ["EXTREMES", "is_short", "shares", "short_dot", "short_extreme"]

_MOST_PRODUCTS, _MOST_TERMS = 3, 8
"""Of a dot product and of a maximum: with more terms, the calls cost more than one gather and one scatter."""
_FIRST = {"ties": "first"}

EXTREMES: dict[Rule, tuple[np.ufunc, str]] = {
    FOLDED_MAXIMUM: (np.maximum, "folded shares"), FOLDED_MINIMUM: (np.minimum, "folded shares"),
    RULES["max"]: (np.maximum, "equal shares"), RULES["min"]: (np.minimum, "equal shares"),
    RULES["max"].variant(parameters=_FIRST): (np.maximum, "share of the first"),
    RULES["min"].variant(parameters=_FIRST): (np.minimum, "share of the first"),
}  # fmt: skip
"""The rules that choose one of several numbers: the function of two, and the step that shares the gradient at a tie."""


def is_short(lowering: Lowering, instruction: Instruction) -> bool:
    """Whether an instruction is a dot product, maximum or minimum that is computed term by term."""
    rule, terms = instruction.operation.rule, instruction.operands.shape[-1]
    dot = rule is RULES["dot"]
    if lowering.careful or not (dot or rule in EXTREMES) or (dot and lowering.program.reads_signs):
        return False
    if not 2 <= terms <= (2 * _MOST_PRODUCTS if dot else _MOST_TERMS) or instruction.lanes == 1:
        return False
    columns = [x for x in instruction.operands.T if not lowering.program.is_constant(x).all()]
    halves = np.split(instruction.operands, 2 if dot else 1, 1)
    if not columns or all(_in_one_piece(lowering, half.ravel()) for half in halves):
        return False
    return common_steps([_places(lowering, x) for x in (*columns, _own(instruction))]) is not None


def _in_one_piece(lowering: Lowering, registers: Array) -> bool:
    buffers = lowering.layout.buffer_of[registers]
    return bool((buffers == buffers[0]).all()) and steps_of(lowering.layout.offset_of[registers]) is not None


def _places(lowering: Lowering, registers: Array) -> Array:
    """Where registers lie, as one number each: buffers are far apart."""
    layout = lowering.layout
    return (layout.buffer_of[registers].astype(np.int64) << 40) + layout.offset_of[registers]


def short_dot(lowering: Lowering, instruction: Instruction) -> list[Part]:
    """The products one by one, added up: a part for each."""
    parts, half, own = [], instruction.operands.shape[1] // 2, _own(instruction)
    for i in range(half):
        columns = [instruction.operands[:, i], instruction.operands[:, half + i]]
        (*views, out), _ = lowering.layout.read(columns, own)
        constants = tuple(x if isinstance(x, float) else None for x in views)
        part = Part(instruction.number, columns, views, out, trace(RULES["mul"], constants))
        target = lowering.layout.temporary(out.shape, out.batched) if i else out
        lowering.steps.append(Step(np.multiply, tuple(views), target))
        if i:
            lowering.steps.append(Step(np.add, (out, target), out))
        parts.append(part)
    return parts


def short_extreme(lowering: Lowering, instruction: Instruction) -> Part:
    """The larger, or smaller, of the first two terms, of that and the third one, and so on."""
    columns = list(instruction.operands.T)
    (*views, out), _ = lowering.layout.read(columns, _own(instruction))
    part = Part(instruction.number, columns, views, out, None)
    function, _ = EXTREMES[instruction.operation.rule]
    lowering.steps.append(Step(function, tuple(views[:2]), out))
    for view in views[2:]:
        lowering.steps.append(Step(function, (out, view), out))
    part.by_term = True
    return part


def shares(lowering: Lowering, part: Part) -> list[View]:
    """What part of the gradient goes to each term of a maximum or minimum: all to one, unless several tie."""
    layout, lanes = lowering.layout, part.out.lanes
    table = layout.temporary((len(part.views), *part.out.shape), part.out.batched)
    _, step = EXTREMES[lowering.program[part.number].operation.rule]
    lowering.steps.append(Step(f"{step} by term", (*part.views, part.out), table))
    first = table._replace(shape=part.out.shape, strides=table.strides[1:])
    return [first._replace(offset=table.offset + i * lanes) for i in range(len(part.views))]


def _own(instruction: Instruction) -> Array:
    return instruction.start + np.arange(instruction.lanes)


# ── the shares of a maximum or minimum ──────────────────────────────────────────────────────────────────────────────


def _split_ties(tied: Array, axis: int) -> None:
    """½ for the last of the largest, ¼ for the one before it, …; the first of them has as much as the second."""
    later = np.flip(np.cumsum(np.flip(tied, axis), axis), axis) - tied
    first = (np.cumsum(tied, axis) == 1) & (tied != 0)
    np.multiply(tied, np.exp2(-(later + 1.0 - first)), tied)


def _split_equally(tied: Array, axis: int) -> None:
    np.divide(tied, np.maximum(tied.sum(axis, keepdims=True), 1.0), tied)  # a nan has none that equals it


def _keep_first(tied: Array, axis: int) -> None:
    np.multiply(tied, np.cumsum(tied, axis) == 1, tied)


_Split = Callable[[Array, int], None]
"""Shares what is 1 for each of the largest, in place."""


def _shared(split: _Split, tied: Array, extreme: Array, axis: int) -> None:
    """Share the gradient. Most often one is the largest: then the number of ones says so."""
    ones, numbers = tied.reshape(-1), extreme.reshape(-1)
    if ones.dot(ones) != extreme.size or math.isnan(numbers.dot(numbers)):  # a nan has none, and hides a tie
        split(tied, axis)


def _binds_shares(step: str, split: _Split) -> None:
    """Register the step over an array of the terms, and the one term by term."""

    def share(xs: Array, extreme: Array, out: Array, axis: int) -> None:
        np.equal(xs, np.expand_dims(extreme, axis), out)
        _shared(split, out, extreme, axis)

    @binds(step, broadcasts=True)
    def _(binding: Binding) -> list[BoundCall]:
        xs, extreme = binding.operands
        return [functools.partial(share, xs, extreme, binding.out, binding.axis)]

    @binds(f"{step} by term", broadcasts=True)
    def _(binding: Binding) -> list[BoundCall]:
        *terms, extreme = binding.operands
        out = binding.out
        calls = [functools.partial(np.equal, x, extreme, out[i]) for i, x in enumerate(terms)]
        return [*calls, functools.partial(_shared, split, out, extreme, 0)]


for _step, _split in (
    ("folded shares", _split_ties), ("equal shares", _split_equally), ("share of the first", _keep_first),
):  # fmt: skip
    _binds_shares(_step, _split)
