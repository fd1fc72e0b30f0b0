"""All living modules that have parameters, so that pictures can show parameter paths. It keeps no module alive."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["Owner", "owners", "register"]


class Owner(Protocol):
    """``nn.Module``, or any class with these two methods."""

    def named_parameters(self) -> Sequence[tuple[str, Value]]:
        """List (path, Value) for each parameter."""
        ...

    def named_modules(self) -> Sequence[tuple[str, Owner]]:
        """List (path, owner) for this module, whose path is "", and for every module inside it, outer ones first."""
        ...


_numbers = itertools.count()
_living: weakref.WeakValueDictionary[int, Owner] = weakref.WeakValueDictionary()
"""The living owners by order of creation. A set would need hashable owners and lose the order."""


def register(owner: Owner) -> None:
    """Remember an owner as long as it lives."""
    _living[next(_numbers)] = owner


def owners() -> list[Owner]:
    """List the living owners in the order they were made.

    >>> import nn
    >>> neuron = nn.Neuron(2)
    >>> owners()[-1] is neuron
    True
    """
    return list(_living.values())
