"""Module: an object whose parameters are the leaf Values found in its attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Value

__all__ = ["Module"]


class Module:
    """The base of every layer and network.

    Parameters are the leaf Values in its attributes, in lists, tuples, dicts, arrays and other modules too, each once.
    A subclass defines ``forward``, or ``__call__`` itself.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(3.0), Value(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> Line()(2.0), Line().named_parameters()
    (Value(7.0), [('slope', Value(3.0)), ('offset', Value(1.0))])
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """``forward`` of the same arguments."""
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The module's output for these inputs. Raises NotImplementedError where a subclass defines none."""
        raise NotImplementedError(f"{type(self).__name__} defines neither forward nor __call__")

    def named_parameters(self) -> list[tuple[str, Value]]:
        """(path, Value) of each parameter, as in ``("layers[0].neurons[2].w[1]", Value(0.5))``."""
        return list(_found(self, "", set()))

    def parameters(self) -> list[Value]:
        """Every parameter once, in the order of the attributes."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0, as is due before each backward()."""
        for parameter in self.parameters():
            parameter.grad = 0.0


def _found(item: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Value]]:
    if isinstance(item, np.ndarray) and item.dtype == object:
        for place, member in np.ndenumerate(item):
            yield from _found(member, f"{path}[{', '.join(map(str, place))}]", seen)
    if not isinstance(item, (Value, Module, list, tuple, dict)) or id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, Value):
        if not item._prev and not item.is_constant:
            yield path, item
    elif isinstance(item, Module):
        for name, member in vars(item).items():
            yield from _found(member, f"{path}.{name}" if path else name, seen)
    else:
        members = item.items() if isinstance(item, dict) else enumerate(item)
        for key, member in members:
            yield from _found(member, f"{path}[{key!r}]", seen)
