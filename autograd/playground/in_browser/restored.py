"""What a program overwrites in the engine and in Python's own functions is put back: the next one finds them whole."""

from __future__ import annotations

import builtins
import math
import random
from collections.abc import Iterator
from contextlib import contextmanager

from autograd import numeric, rules
from autograd.value import Value

__all__ = ["restored"]

_OWNERS = (*Value.__mro__[:-1], numeric, rules, builtins, math, random)
"""What readers overwrite when they try things out, as in ``Value.__mul__ = …``."""
_INHERITED = frozenset(name for base in Value.__mro__[1:] for name in vars(base)) - vars(Value).keys()
"""Operators, for example: in Value itself they hide those of its bases."""


@contextmanager
def restored() -> Iterator[None]:
    """Put back, at the end of the block, what was overwritten or deleted in it. A new name stays.

    >>> with restored():
    ...     math.sin = Value.__mul__ = None
    >>> math.sin(0.0), Value(2.0) * 3
    (0.0, Value(6.0))
    """
    before = [(owner, dict(vars(owner))) for owner in _OWNERS]
    put, drop = setattr, delattr  # which a program may overwrite, too
    try:
        yield
    finally:
        for owner, attributes in before:
            now = owner.__dict__
            for name in attributes:
                if name not in now or now[name] is not attributes[name]:
                    put(owner, name, attributes[name])
        for name in _INHERITED:
            if name in Value.__dict__:
                drop(Value, name)
