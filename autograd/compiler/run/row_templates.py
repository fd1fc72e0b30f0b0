"""What one kind of operation emits where registers are rows: which traced calls come forward, which backward."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.trace import Operand, Temporary, Trace, signs, trace

__all__ = ["Template", "template"]


class Template(NamedTuple):
    """What one kind of operation emits. forward, backward: the traced calls for the value, and for the derivatives.

    kept: those of the forward calls whose results the derivatives need. one_ufunc: the ufunc and the operands of a
    forward part that is one call on operands alone. slopes: the local derivatives of the operands that want one.
    """

    traced: Trace
    forward: tuple[int, ...]
    backward: tuple[int, ...]
    kept: frozenset[int]
    one_ufunc: tuple[Any, tuple[int, ...]] | None
    slopes: tuple[tuple[int, Any], ...]


def template(rule: Any, constants: tuple[float | None, ...], wanted: tuple[bool, ...]) -> Template | None:
    """The form of a rule whose operand i is a row, or the number ``constants[i]``, and wants a derivative or not."""
    return _template(rule, constants, signs(constants), wanted)


@functools.lru_cache(maxsize=4096)
def _template(
    rule: Any, constants: tuple[float | None, ...], _: tuple[float, ...], wanted: tuple[bool, ...]
) -> Template | None:
    traced = trace(rule, constants)
    if traced is None:
        return None
    forward = _needed(traced, [traced.value])
    slopes = [x for x, active in zip(traced.local, wanted, strict=True) if active]
    everything = _needed(traced, slopes)
    backward = tuple(x for x in everything if x not in forward)
    read = {y.number for x in backward for y in traced.calls[x].operands if type(y) is Temporary}
    read |= {x.number for x in slopes if type(x) is Temporary}
    value = traced.value.number if type(traced.value) is Temporary and not traced.value.truth else -1
    kept = frozenset(x for x in forward if x in read and x != value)
    pairs = [(i, x) for i, (x, active) in enumerate(zip(traced.local, wanted, strict=True)) if active and x is not None]
    return Template(traced, forward, backward, kept, _one_ufunc(traced, forward), tuple(pairs))


def _one_ufunc(traced: Trace, forward: tuple[int, ...]) -> tuple[Any, tuple[int, ...]] | None:
    if len(forward) != 1 or traced.value != Temporary(forward[0], False):
        return None
    call = traced.calls[forward[0]]
    plain = isinstance(call.function, np.ufunc) and call.function not in (np.maximum, np.minimum)
    places = [x.number for x in call.operands if type(x) is Operand]
    return (call.function, tuple(places)) if plain and len(places) == len(call.operands) else None


def _needed(traced: Trace, references: Sequence[Any]) -> tuple[int, ...]:
    """The calls that these references need, in order."""
    needed: set[int] = set()
    waiting = [x.number for x in references if type(x) is Temporary]
    while waiting:
        place = waiting.pop()
        if place not in needed:
            needed.add(place)
            waiting += [x.number for x in traced.calls[place].operands if type(x) is Temporary]
    return tuple(sorted(needed))
