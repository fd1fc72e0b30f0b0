"""What has parameters, as far as it lives: a picture asks it for their paths. Nothing here keeps an owner alive."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["Owner", "owners", "register"]


class Owner(Protocol):
    """``nn.Module``, and whatever is made like it."""

    def named_parameters(self) -> Sequence[tuple[str, Value]]:
        """(path, Value) of each parameter."""
        ...

    def named_modules(self) -> Sequence[tuple[str, Owner]]:
        """(path, owner) of this one, at the path "", and of each inside of it, the outer before the inner."""
        ...


_numbers = itertools.count()
_living: weakref.WeakValueDictionary[int, Owner] = weakref.WeakValueDictionary()
"""By the order they were made in; a set would need them to be hashable, and forget the order."""


def register(owner: Owner) -> None:
    """Know of an owner as long as it lives."""
    _living[next(_numbers)] = owner


def owners() -> list[Owner]:
    """The living owners, in the order they were made.

    >>> import nn
    >>> neuron = nn.Neuron(2)
    >>> owners()[-1] is neuron
    True
    """
    return list(_living.values())
