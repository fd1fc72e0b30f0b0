"""Templates for running on rows: which traced calls an operation makes forward, and which backward."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.compiler.trace import Operand, Reference, Temporary, Trace, signs, trace
from autograd.table import Rule

__all__ = ["Template", "template"]


class Template(NamedTuple):
    """The calls that one kind of operation makes.

    traced: the traced rule.
    forward: the traced calls for the value.
    backward: the traced calls for the derivatives.
    kept: the forward calls whose results the derivatives need.
    one_ufunc: the ufunc and its operands, if the forward part is a single call on operands alone.
    slopes: the local derivatives of the operands that need one.
    """

    traced: Trace
    forward: tuple[int, ...]
    backward: tuple[int, ...]
    kept: frozenset[int]
    one_ufunc: tuple[np.ufunc, tuple[int, ...]] | None
    slopes: tuple[tuple[int, Reference], ...]


def template(rule: Rule, constants: tuple[float | None, ...], wanted: tuple[bool, ...]) -> Template | None:
    """Make the template of a rule.

    rule: the rule.
    constants: a number for each operand that is one, None for each row.
    wanted: whether each operand needs a derivative.

    Returns None if the rule cannot be traced.
    """
    return _template(rule, constants, signs(constants), wanted)


@functools.lru_cache(maxsize=4096)
def _template(
    rule: Rule, constants: tuple[float | None, ...], _: tuple[float, ...], wanted: tuple[bool, ...]
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


def _one_ufunc(traced: Trace, forward: tuple[int, ...]) -> tuple[np.ufunc, tuple[int, ...]] | None:
    if len(forward) != 1 or traced.value != Temporary(forward[0], False):
        return None
    call = traced.calls[forward[0]]
    if not isinstance(call.function, np.ufunc) or call.function in (np.maximum, np.minimum):
        return None
    numbers = tuple(x.number for x in call.operands if type(x) is Operand)
    return (call.function, numbers) if len(numbers) == len(call.operands) else None


def _needed(traced: Trace, references: Sequence[Reference | None]) -> tuple[int, ...]:
    """List the calls that these references need, in order."""
    needed: set[int] = set()
    waiting = [x.number for x in references if type(x) is Temporary]
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting += [x.number for x in traced.calls[number].operands if type(x) is Temporary]
    return tuple(sorted(needed))
