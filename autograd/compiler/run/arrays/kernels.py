"""Each step as bound NumPy calls: a function of no argument that reads and writes arrays which stay where they are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.run.arrays.layout import GRADIENT
from autograd.compiler.run.arrays.views import NOTHING

__all__ = ["elementwise", "gather", "opaque", "primitive", "seal"]

Call = Callable[[], Any]


def exact(bind: Callable[..., list[Call]]) -> Callable[..., list[Call]]:
    """Mark a step whose operands have an axis of rows only if they have rows; others are broadcast over the rows."""
    bind.exact = True  # type: ignore[attr-defined]
    return bind


def elementwise(function: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    """A ufunc, or another function of arrays that has no ``out``."""
    if not isinstance(function, np.ufunc):
        return [functools.partial(_put, out, function, operands)]
    if all(isinstance(x, float) or (x.shape == out.shape and x.flags.c_contiguous) for x in (*operands, out)):
        operands = [x if isinstance(x, float) else x.reshape(-1) for x in operands]
        out = out.reshape(-1)
    if any(isinstance(x, float) for x in operands):  # as arrays of no axes they cost half as much
        dtype = next((x.dtype for x in operands if isinstance(x, np.ndarray) and x.dtype != bool), np.dtype(float))
        operands = [np.array(x, dtype) if isinstance(x, float) else x for x in operands]
    if function in (np.maximum, np.minimum):
        return [functools.partial(function, *operands, out=out)]
    return [functools.partial(function, *operands, out)]


def _put(out: Any, function: Any, operands: Sequence[Any]) -> None:
    out[...] = function(*operands)


def primitive(function: Any, operands: Sequence[Any], out: Any, general: bool = True) -> list[Call]:
    """One traced call: a ufunc, another function of arrays, or "copy", "fill", "where", "step".

    general: a step is of any number, and of nan too; else of one that is 0 or more, whose sign it is.
    """
    if function == "where":
        return _where(operands[0], operands[1], operands[2], out)
    if function == "step":
        return elementwise(np.heaviside, operands, out) if general else elementwise(np.sign, operands[:1], out)
    if function in ("copy", "fill"):
        return _copy(operands[0], out)
    return elementwise(function, operands, out)


def _copy(source: Any, out: Any) -> list[Call]:
    if isinstance(source, float):
        return [functools.partial(out.fill, source)]
    if source.dtype == out.dtype and out.dtype.kind == "f":
        return elementwise(np.positive, [source], out)
    return [functools.partial(np.copyto, out, source)]


def _where(condition: Any, a: Any, b: Any, out: Any) -> list[Call]:
    if isinstance(condition, float):
        return _copy(a if condition else b, out)
    if isinstance(a, float) and condition.shape == out.shape and out.flags.c_contiguous:
        return [*_copy(b, out), functools.partial(np.putmask, out, condition, a)]
    return [*_copy(b, out), functools.partial(np.copyto, out, a, where=condition)]


def seal(out: Any, upstream: Any, local: Any, rule: Any, operands: Sequence[Any]) -> None:
    """After out = local·upstream: NOTHING where nothing arrived, or where the rule did not choose the operand.

    A −0 that was computed becomes a 0, so that only what is NOTHING looks like it.
    """
    np.add(out, 0.0, out)
    if isinstance(upstream, np.ndarray):
        np.copyto(out, NOTHING, where=np.equal(upstream, 0.0) & np.signbit(upstream))
    if rule.chooses:
        np.copyto(out, NOTHING, where=np.equal(local, 0.0) & rule.unchosen(operands))


def bind_seal(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    upstream, local, *numbers = operands
    return [functools.partial(seal, out, upstream, local, step.extra, numbers)]


def bind_opaque(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    rule, views = step.extra
    local = None if views is None else [None if view is None else plan.array(view) for view in views]
    flat = list(operands)
    if rule.sequences:  # the elements of all sequences, one after the other
        axis = -2 if step.out.batched else -1
        if local is not None:
            local = [y for x, z in zip(local, flat, strict=True) for y in _elements(x, axis, z.shape[axis])]
        flat = [row for x in flat for row in np.moveaxis(x, axis, 0)]
    return [functools.partial(opaque, rule, flat, out, local)]


def _elements(array: Any, axis: int, count: int) -> list[Any]:
    return [None] * count if array is None else list(np.moveaxis(array, axis, 0))


def opaque(rule: Any, operands: list[Any], out: Any, local: Any) -> None:
    """Call a rule on whole arrays, or, where it takes numbers only, number by number."""
    places = local or []
    try:
        value, derivatives = rule.evaluate(
            operands, [x is not None for x in local] if local else [False] * len(operands)
        )
        out[...] = value
    except Exception:  # it branches, say: then it works on numbers, or says what is wrong with them
        _one_by_one(rule, operands, out, places)
        return
    for place, derivative in zip(places, derivatives, strict=False):
        if place is not None and derivative is not None:
            place[...] = derivative


def _one_by_one(rule: Any, operands: list[Any], out: Any, places: list[Any]) -> None:
    columns = [np.broadcast_to(x, out.shape) for x in operands]
    for index in np.ndindex(out.shape):
        value, derivatives = rule.evaluate([float(x[index]) for x in columns], [bool(places)] * len(columns))
        out[index] = value
        for place, derivative in zip(places, derivatives, strict=False):
            if place is not None and derivative is not None:
                place[index] = derivative


# ── over sequences ──────────────────────────────────────────────────────────────────────────────────────────────────


def _axis(step: Any) -> int:
    return -2 if step.out.batched else -1


@exact
def bind_sum(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    (source,) = operands
    n = source.shape[_axis(step)]
    if n <= 4 and source.ndim == out.ndim + 1:
        parts = list(np.moveaxis(source, _axis(step), 0))
        if n == 1:
            return elementwise(np.positive, parts, out)
        made = elementwise(np.add, parts[:2], out)
        for part in parts[2:]:
            made += elementwise(np.add, [out, part], out)
        return made
    return [functools.partial(np.add.reduce, source, _axis(step), None, out, False, -0.0)]


@exact
def bind_inner(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    x, y = (operand.reshape(-1) for operand in operands)
    return [functools.partial(x.dot, y, out.reshape(()))]


@exact
def bind_reduce(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    return [functools.partial(step.extra.reduce, operands[0], _axis(step), None, out)]


def bind_folded_shares(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    return [functools.partial(_folded_shares, operands[0], operands[1], out, _axis(step))]


def _folded_shares(xs: Any, extreme: Any, out: Any, axis: int) -> None:
    """½ for the last of the largest, ¼ for the one before it, …; the first of them has as much as the second."""
    tied = xs == np.expand_dims(extreme, axis)
    later = np.flip(np.cumsum(np.flip(tied, axis), axis), axis) - tied
    first = (np.cumsum(tied, axis) == 1) & tied
    np.multiply(tied, np.exp2(-(later + 1.0 - first)), out)


# ── matrix products ─────────────────────────────────────────────────────────────────────────────────────────────────


@exact
def bind_matmul(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    before, right = _joined(plan, operands[1], step.operands[1])
    target, after = _target(plan, out, step.out)
    return [*before, *_product(operands[0], right, target), *after]


@exact
def bind_matmul_left(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    upstream, b = step.operands
    before, left = _joined(plan, operands[0], upstream)
    more, right = _joined(plan, operands[1], b)
    watched = plan.watch_product(left, right, out) if step.out.buffer == GRADIENT else []
    return [*before, *more, *_product(left, right.swapaxes(1, 2), out), *watched]


@exact
def bind_matmul_right(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    before, right = _joined(plan, operands[1], step.operands[1])
    target, after = _target(plan, out, step.out)
    return [*before, *_product(operands[0].swapaxes(1, 2), right, target), *after]


def _joined(plan: Any, array: Any, view: Any) -> tuple[list[Call], Any]:
    """(stack, x, columns, rows) as (stack, x, columns·rows), copied where it does not lie so."""
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


def _target(plan: Any, out: Any, view: Any) -> tuple[Any, list[Call]]:
    calls, target = _joined(plan, out, view)
    if not calls:
        return target, []
    copy = np.empty(out.shape, out.dtype)
    return copy.reshape(target.shape), [functools.partial(np.copyto, out, copy)]


def _product(a: Any, b: Any, out: Any) -> list[Call]:
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


@exact
def bind_sum_over_batch(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    (source,) = operands
    if step.extra:
        return [_reduce_nothing(source, -1, out)]
    if source.flags.c_contiguous and out.flags.c_contiguous:
        return [functools.partial(source.reshape(-1, plan.batch_size).dot, plan.ones, out.reshape(-1))]
    return [functools.partial(np.add.reduce, source, -1, None, out)]


@exact
def bind_sum_over_axes(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    (source,), (axes, careful) = operands, step.extra
    lanes = source.ndim - (1 if step.out.batched else 0)
    target = out if len(axes) < lanes else out.reshape(out.shape[1:])
    if careful:
        return [_reduce_nothing(source, axes, target)]
    return [functools.partial(np.add.reduce, source, axes, None, target)]


def _reduce_nothing(source: Any, axes: Any, out: Any) -> Call:
    """The sum, NOTHING where every term is."""
    return functools.partial(np.add.reduce, source, axes, None, out, initial=NOTHING)


def gather(sources: Sequence[tuple[Any, Any, Any]], out: Any, batched: bool) -> list[Call]:
    """Read lanes from where they lie into one array."""
    if len(sources) == 1 and np.array_equal(sources[0][0], np.arange(len(out))):
        _, array, index = sources[0]
        if array.flags.c_contiguous and array.dtype == out.dtype and array.ndim == out.ndim:
            return [functools.partial(array.take, index, 0, out, "clip")]
    return [functools.partial(_read, out, list(sources), batched)]


def _read(out: Any, sources: list[tuple[Any, Any, Any]], batched: bool) -> None:
    for positions, array, index in sources:
        found = array[index]
        out[positions] = found[:, None] if batched and found.ndim == 1 else found


@exact
def bind_scatter(plan: Any, step: Any, operands: Sequence[Any], out: Any) -> list[Call]:
    """Add lanes to where they belong. Where one place gets several, they are sorted once and summed in stretches."""
    lanes, offsets = step.extra
    batched = step.operands[0].batched
    source = operands[0].reshape(-1, plan.batch_size) if batched else operands[0].reshape(-1)
    order = np.argsort(offsets, kind="stable")
    targets, starts, counts = np.unique(offsets[order], return_index=True, return_counts=True)
    if not np.shares_memory(source, operands[0]):
        raise AssertionError("a scattered array is contiguous")
    return [functools.partial(_scatter, source, lanes[order], targets, starts, counts.max() > 1, out)]


def _scatter(source: Any, lanes: Any, targets: Any, starts: Any, repeated: bool, out: Any) -> None:
    found = source.take(lanes, 0)
    out[targets] += np.add.reduceat(found, starts, 0) if repeated else found
