"""Optimizers: from parameters and gradients to better parameters. An array in, an array out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Value

__all__ = ["SGD"]

Array = NDArray[np.float64]


class SGD:
    """Stochastic gradient descent: p ← p − lr·g, or with momentum v ← momentum·v + g, p ← p − lr·v.

    parameters: Values, as from ``module.parameters()``; one listed twice is stepped once. Formulas and defaults are
    PyTorch's. Raises ValueError for a learning rate that is not positive, a momentum outside [0, 1), or no parameters.

    >>> x = Value(0.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     ((x - 3) ** 2).backward()
    ...     optimizer.step()
    >>> round(x.data, 6)
    1.464
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 1e-3, momentum: float = 0.0) -> None:
        if not hasattr(parameters, "__iter__"):
            raise TypeError(f"SGD takes a list of parameters, as model.parameters(), not a {type(parameters).__name__}")
        self.parameters = list(dict.fromkeys(parameters))
        if not self.parameters:
            raise ValueError("an optimizer needs parameters: the list is empty")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter._prev or parameter.is_constant:
                raise TypeError(f"a parameter is a Value that was not computed, not {parameter!r}")
        if not isinstance(lr, (int, float)) or not lr > 0:
            raise ValueError(f"lr is positive, not {lr!r}")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is in [0, 1), not {momentum}")
        self.lr, self.momentum = lr, momentum
        self._velocity: Any = None

    def zero_grad(self) -> None:
        """Set every gradient to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Move every parameter's data by its gradient. Nothing moves if a gradient is not finite (ValueError)."""
        grads = np.array([parameter.grad for parameter in self.parameters])
        if not np.isfinite(grads).all():
            bad = self.parameters[int(np.argmin(np.isfinite(grads)))]
            raise ValueError(f"the gradient of {bad!r} is not finite: no parameter was changed")
        with np.errstate(over="ignore"):
            moved = self._update(np.array([parameter.data for parameter in self.parameters]), grads)
        if not np.isfinite(moved).all():
            raise ValueError(f"a step of lr={self.lr} leaves the range of a float: no parameter was changed, lower lr")
        for parameter, number in zip(self.parameters, moved.tolist(), strict=True):
            parameter.data = number

    def _update(self, parameters: Array, grads: Array) -> Array:
        if self.momentum:
            self._velocity = grads if self._velocity is None else self.momentum * self._velocity + grads
            grads = self._velocity
        return parameters - self.lr * grads
