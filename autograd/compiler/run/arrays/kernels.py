"""Each step as bound NumPy calls: a function of no argument that reads and writes arrays which stay where they are."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from autograd.compiler.run.arrays.layout import GRADIENT, Step
from autograd.compiler.run.arrays.views import NOTHING, View
from autograd.compiler.run.plan import BoundCall
from autograd.compiler.trace import Function
from autograd.table import Rule
from autograd.util.arrays import Array

__all__ = ["BINDERS", "Binding", "binds", "elementwise", "gather", "opaque", "primitive", "seal"]

ArrayOrNumber = Array | float
"""What a call reads."""


class Memory(Protocol):
    """What a step's calls ask of the plan that has the memory."""

    batch_size: int
    ones: Array
    places: dict[int, Array]
    """Where the numbers that were picked lie, by the identity of the step's ``Tables``: found once, forward."""

    def array(self, view: View) -> Array:
        """The array of a view."""

    def watch_product(self, a: Array, b: Array, out: Array) -> list[BoundCall]:
        """Calls that note the squares' sums of a product's factors, where they stand for the product's."""


class Binding(NamedTuple):
    """A step and the memory it works on. operands: arrays and numbers, as the step has them."""

    step: Step
    operands: Sequence[Any]
    out: Array
    plan: Memory

    @property
    def axis(self) -> int:
        """The last axis of lanes."""
        return -2 if self.view.batched else -1

    @property
    def view(self) -> View:
        """Where the step writes."""
        assert self.step.out is not None
        return self.step.out


_Bind = Callable[[Binding], list[BoundCall]]


class Binder(NamedTuple):
    """What makes a step's calls. broadcasts: where the result has rows, an operand without has an axis of 1."""

    bind: _Bind
    broadcasts: bool


BINDERS: dict[Function, Binder] = {}
"""By the name of a step; the others are ``primitive``."""


def binds(name: str, broadcasts: bool = False) -> Callable[[_Bind], _Bind]:
    """Decorate what makes the calls of the steps of this name."""

    def add(bind: _Bind) -> _Bind:
        BINDERS[name] = Binder(bind, broadcasts)
        return bind

    return add


def elementwise(function: Callable[..., Any], operands: Sequence[ArrayOrNumber], out: Array) -> list[BoundCall]:
    """A ufunc, or another function of arrays that has no ``out``."""
    if not isinstance(function, np.ufunc):
        return [functools.partial(_put, out, function, operands)]
    if all(isinstance(x, float) or (x.shape == out.shape and x.flags.c_contiguous) for x in (*operands, out)):
        operands = [x if isinstance(x, float) else x.reshape(-1) for x in operands]
        out = out.reshape(-1)
    elif all(isinstance(x, float) or x.ndim == out.ndim for x in operands):
        arrays = [out, *(x for x in operands if not isinstance(x, float))]
        kept = tuple([0 if all(x.shape[i] == 1 for x in arrays) else slice(None) for i in range(out.ndim)])
        operands = [x if isinstance(x, float) else x[kept] for x in operands]  # an axis of 1 costs 0.1 µs
        out = out[kept]
    return [bound_ufunc(function, operands, out)]


def bound_ufunc(function: np.ufunc, operands: Sequence[ArrayOrNumber], out: Array) -> BoundCall:
    """The call of a ufunc. Numbers are arrays of no axes: they cost half as much."""
    if float in map(type, operands):
        dtype = next((x.dtype for x in operands if not isinstance(x, float) and x.dtype != bool), np.dtype(float))
        operands = [np.array(x, dtype) if isinstance(x, float) else x for x in operands]
    if function is np.maximum or function is np.minimum:
        return functools.partial(function, *operands, out=out)
    return functools.partial(function, *operands, out)


def _put(out: Array, function: Callable[..., Any], operands: Sequence[ArrayOrNumber]) -> None:
    out[...] = function(*operands)


def primitive(function: Function, operands: Sequence[Any], out: Array, general: bool = True) -> list[BoundCall]:
    """One traced call: a ufunc, another function of arrays, or "copy", "fill", "where", "step".

    general: a step is of any number, and of nan too; else of one that is 0 or more, whose sign it is.
    """
    if function == "where":
        return _where(operands[0], operands[1], operands[2], out)
    if function == "step":
        return elementwise(np.heaviside, operands, out) if general else elementwise(np.sign, operands[:1], out)
    if function in ("copy", "fill"):
        return _copy(operands[0], out)
    assert not isinstance(function, str), function
    return elementwise(function, operands, out)


def _copy(source: ArrayOrNumber, out: Array) -> list[BoundCall]:
    if isinstance(source, float):
        return [functools.partial(out.fill, source)]
    if source.dtype == out.dtype and out.dtype.kind == "f":
        return elementwise(np.positive, [source], out)
    return [functools.partial(np.copyto, out, source)]


def _where(condition: ArrayOrNumber, a: ArrayOrNumber, b: ArrayOrNumber, out: Array) -> list[BoundCall]:
    if isinstance(condition, float):
        return _copy(a if condition else b, out)
    if isinstance(a, float) and isinstance(b, float) and condition.dtype == bool:
        if (a, b) == (1.0, 0.0) and not np.signbit(b):  # the slopes of a choice: one call in place of two
            return [functools.partial(np.copyto, out, condition)]
        if (a, b) == (0.0, 1.0) and not np.signbit(a):
            return [functools.partial(np.logical_not, condition, out)]
    if isinstance(a, float) and condition.shape == out.shape and out.flags.c_contiguous:
        return [*_copy(b, out), functools.partial(np.putmask, out, condition, a)]
    return [*_copy(b, out), functools.partial(np.copyto, out, a, where=condition)]


def seal(
    out: Array, upstream: ArrayOrNumber, local: ArrayOrNumber, rule: Rule, operands: Sequence[ArrayOrNumber]
) -> None:
    """After out = local·upstream: NOTHING where nothing arrived, or where the rule did not choose the operand.

    A −0 that was computed becomes a 0, so that only what is NOTHING looks like it.
    """
    np.add(out, 0.0, out)
    if isinstance(upstream, np.ndarray):
        np.copyto(out, NOTHING, where=np.equal(upstream, 0.0) & np.signbit(upstream))
    if rule.chooses:
        np.copyto(out, NOTHING, where=np.equal(local, 0.0) & rule.unchosen(operands))


@binds("seal", broadcasts=True)
def _seal(binding: Binding) -> list[BoundCall]:
    upstream, local, *numbers = binding.operands
    return [functools.partial(seal, binding.out, upstream, local, binding.step.extra, numbers)]


# ── rules that are called as they are ───────────────────────────────────────────────────────────────────────────────


@binds("opaque", broadcasts=True)
def _opaque(binding: Binding) -> list[BoundCall]:
    rule, views = binding.step.extra
    local = None if views is None else [None if view is None else binding.plan.array(view) for view in views]
    flat = list(binding.operands)
    if rule.sequences:  # the elements of all sequences, one after the other
        axis = binding.axis
        if local is not None:
            local = [y for x, z in zip(local, flat, strict=True) for y in _elements(x, axis, z.shape[axis])]
        flat = [row for x in flat for row in np.moveaxis(x, axis, 0)]
    return [functools.partial(opaque, rule, flat, binding.out, local)]


def _elements(array: Array | None, axis: int, count: int) -> list[Array | None]:
    return [None] * count if array is None else list(np.moveaxis(array, axis, 0))


def opaque(rule: Rule, operands: Sequence[ArrayOrNumber], out: Array, local: Sequence[Array | None] | None) -> None:
    """Call a rule on whole arrays, or, where it takes numbers only, number by number.

    local: where to put the derivatives that are wanted; None if none is.
    """
    targets = local or []
    try:
        value, derivatives = rule.evaluate(
            operands, [x is not None for x in targets] if targets else [False] * len(operands)
        )
        out[...] = value
    except Exception:  # it branches, say: then it works on numbers, or says what is wrong with them
        _one_one_off(rule, operands, out, targets)
        return
    for target, derivative in zip(targets, derivatives, strict=False):
        if target is not None:
            target[...] = 0.0 if derivative is None else derivative


def _one_one_off(rule: Rule, operands: Sequence[ArrayOrNumber], out: Array, targets: Sequence[Array | None]) -> None:
    columns = [np.broadcast_to(x, out.shape) for x in operands]
    for index in np.ndindex(out.shape):
        value, derivatives = rule.evaluate([float(x[index]) for x in columns], [bool(targets)] * len(columns))
        out[index] = value
        for target, derivative in zip(targets, derivatives, strict=False):
            if target is not None:
                target[index] = 0.0 if derivative is None else derivative


# ── over sequences ──────────────────────────────────────────────────────────────────────────────────────────────────


@binds("sum")
def _sum(binding: Binding) -> list[BoundCall]:
    (source,), out, axis = binding.operands, binding.out, binding.axis
    n = source.shape[axis]
    if n <= 4 and source.ndim == out.ndim + 1:
        parts = list(np.moveaxis(source, axis, 0))
        if n == 1:
            return elementwise(np.positive, parts, out)
        calls = elementwise(np.add, parts[:2], out)
        for part in parts[2:]:
            calls += elementwise(np.add, [out, part], out)
        return calls
    return [functools.partial(np.add.reduce, source, axis, None, out, False, -0.0)]


@binds("inner")
def _inner(binding: Binding) -> list[BoundCall]:
    x, y = (operand.reshape(-1) for operand in binding.operands)
    return [functools.partial(x.dot, y, binding.out.reshape(()))]


@binds("reduce")
def _reduce(binding: Binding) -> list[BoundCall]:
    return [functools.partial(binding.step.extra.reduce, binding.operands[0], binding.axis, None, binding.out)]


# ── matrix products ─────────────────────────────────────────────────────────────────────────────────────────────────


@binds("matmul")
def _matmul(binding: Binding) -> list[BoundCall]:
    a, b = binding.operands
    before, right = _joined(b, binding.step.operands[1])
    target, after = _target(binding.out, binding.view)
    return [*before, *_product(a, right, target), *after]


@binds("batched matmul", broadcasts=True)
def _batched_matmul(binding: Binding) -> list[BoundCall]:
    """A product in each row of the batch: with the rows in front, one call whatever the steps in memory are."""
    arrays = [np.moveaxis(x, -1, 0) for x in (*binding.operands, binding.out)]
    return [functools.partial(np.matmul, *(x[0] if len(arrays[2]) == 1 else x for x in arrays))]


@binds("matmul left")
def _matmul_left(binding: Binding) -> list[BoundCall]:
    upstream, b = binding.operands
    before, left = _joined(upstream, binding.step.operands[0])
    more, right = _joined(b, binding.step.operands[1])
    watched = binding.plan.watch_product(left, right, binding.out) if binding.view.buffer == GRADIENT else []
    return [*before, *more, *_product(left, right.swapaxes(1, 2), binding.out), *watched]


@binds("matmul right")
def _matmul_right(binding: Binding) -> list[BoundCall]:
    a, upstream = binding.operands
    before, right = _joined(upstream, binding.step.operands[1])
    target, after = _target(binding.out, binding.view)
    return [*before, *_product(a.swapaxes(1, 2), right, target), *after]


def _joined(array: Array, view: object) -> tuple[list[BoundCall], Array]:
    """(stack, x, columns, rows) as (stack, x, columns·rows), copied where it does not lie so."""
    assert isinstance(view, View)
    if not view.batched:
        return [], array
    stack, x, columns, rows = array.shape
    if columns == 1:
        return [], array[:, :, 0, :]
    if array.strides[2] == rows * array.strides[3]:
        strides = (*array.strides[:2], array.strides[3])
        return [], np.lib.stride_tricks.as_strided(array, (stack, x, columns * rows), strides)
    copy = np.empty(array.shape, array.dtype)
    return [functools.partial(np.copyto, copy, array)], copy.reshape(stack, x, -1)


def _target(out: Array, view: View) -> tuple[Array, list[BoundCall]]:
    calls, target = _joined(out, view)
    if not calls:
        return target, []
    copy = np.empty(out.shape, out.dtype)
    return copy.reshape(target.shape), [functools.partial(np.copyto, out, copy)]


def _product(a: Array, b: Array, out: Array) -> list[BoundCall]:
    """out = a @ b: the method dot, which starts fastest, where there is one product and ``out`` is in order."""
    if len(out) > 1:
        return [functools.partial(np.matmul, a, b, out)]
    a, b, out = a[0], b[0], out[0]
    if a.shape[1] == 1 and a.shape[0] * b.shape[1] < 100_000:
        return elementwise(np.multiply, [a, b], out)
    if out.flags.c_contiguous:
        return [functools.partial(a.dot, b, out)]
    if out.flags.f_contiguous:
        return [functools.partial(b.T.dot, a.T, out.T)]
    return [functools.partial(np.matmul, a, b, out)]


# ── sums into fewer numbers; reading and writing here and there ─────────────────────────────────────────────────────


@binds("sum over batch")
def _sum_over_batch(binding: Binding) -> list[BoundCall]:
    (source,), out, plan = binding.operands, binding.out, binding.plan
    if binding.step.extra:
        return [_reduce_nothing(source, -1, out)]
    if source.flags.c_contiguous and out.flags.c_contiguous:
        return [functools.partial(source.reshape(-1, plan.batch_size).dot, plan.ones, out.reshape(-1))]
    return [functools.partial(np.add.reduce, source, -1, None, out)]


@binds("sum over axes")
def _sum_over_axes(binding: Binding) -> list[BoundCall]:
    (source,), (axes, careful), out = binding.operands, binding.step.extra, binding.out
    lanes = source.ndim - (1 if binding.view.batched else 0)
    target = out if len(axes) < lanes else out.reshape(out.shape[1:])
    if careful:
        return [_reduce_nothing(source, axes, target)]
    return [functools.partial(np.add.reduce, source, axes, None, target)]


def _reduce_nothing(source: Array, axes: int | tuple[int, ...], out: Array) -> BoundCall:
    """The sum, NOTHING where every term is."""
    return functools.partial(np.add.reduce, source, axes, None, out, initial=NOTHING)


def gather(sources: Sequence[tuple[Array, Array, Array]], out: Array, batched: bool) -> list[BoundCall]:
    """Read lanes from where they lie into one array."""
    if len(sources) == 1 and np.array_equal(sources[0][0], np.arange(len(out))):
        _, array, index = sources[0]
        if array.flags.c_contiguous and array.dtype == out.dtype and array.ndim == out.ndim:
            return [functools.partial(array.take, index, 0, out, "clip")]
    runs = [(array, positions[part], index[part]) for positions, array, index in sources
            for part in _runs(positions, index)]  # fmt: skip
    if len(runs) <= _FEW_RUNS:
        calls: list[BoundCall] = []
        for array, positions, index in runs:
            part = array[index[0] : index[0] + len(index)]
            part = part[:, None] if batched and part.ndim == 1 else part
            calls += _copy(part, out[positions[0] : positions[0] + len(positions)])
        return calls
    return [functools.partial(_read, out, list(sources), batched)]


_FEW_RUNS = 4
"""A copy from slice to slice takes a tenth of what one by row numbers does, for each stretch of memory that is read."""


def _runs(positions: Array, index: Array) -> list[slice]:
    """The stretches that lie one after the other both where they are read and where they are written."""
    breaks = np.flatnonzero((np.diff(positions) != 1) | (np.diff(index) != 1)) + 1
    ends = [0, *breaks[:_FEW_RUNS].tolist(), len(positions)]
    return [slice(a, b) for a, b in itertools.pairwise(ends)]


def _read(out: Array, sources: Sequence[tuple[Array, Array, Array]], batched: bool) -> None:
    for positions, array, index in sources:
        lanes = array[index]
        out[positions] = lanes[:, None] if batched and lanes.ndim == 1 else lanes


@binds("scatter")
def _scatter(binding: Binding) -> list[BoundCall]:
    """Add lanes to where they belong. Where one place gets several, they are sorted once and summed in stretches."""
    lanes, offsets = binding.step.extra
    view, array = binding.step.operands[0], binding.operands[0]
    assert isinstance(view, View)
    source = array.reshape(-1, binding.plan.batch_size) if view.batched else array.reshape(-1)
    order = np.argsort(offsets, kind="stable")
    targets, starts, counts = np.unique(offsets[order], return_index=True, return_counts=True)
    if not np.shares_memory(source, array):
        raise AssertionError("a scattered array is contiguous")
    return [functools.partial(_add_lanes, source, lanes[order], targets, starts, counts.max() > 1, binding.out)]


def _add_lanes(source: Array, lanes: Array, targets: Array, starts: Array, repeated: bool, out: Array) -> None:
    chosen = source.take(lanes, 0)
    out[targets] += np.add.reduceat(chosen, starts, 0) if repeated else chosen
