"""Dropout: while a model trains, some of its numbers are dropped at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from autograd.core.recording import is_recording, refusal
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, is_numpy_number
from autograd.util.printable import a_kind_of
from nn.modes import current_mode
from nn.module import Module

__all__ = ["Dropout"]


class Dropout(Module):
    """While training, each number becomes 0 with probability p, else x/(1 − p).   (Srivastava et al. 2014)

    p: the share that is dropped, from 0 to below 1.

    ``dropout(x)`` takes a number, lists or an array, and returns the same form. It drops in the steps of ``nn.fit``,
    which draws new masks from its seed for each step, the same for both engines. It returns x as it is in
    ``nn.predict``, ``nn.evaluate``, the validation, and after ``model.eval()``, which ``fit`` calls. In a model that
    is new, or after ``model.train()``, each call draws a mask from Python's ``random``.

    Raises ValueError for another p, and RecordingError if a compiled function would always drop the same numbers.

    >>> import random
    >>> random.seed(1)
    >>> dropout = Dropout(0.5)
    >>> dropout([1.0, 2.0, 3.0, 4.0])
    [0.0, 4.0, 6.0, 0.0]
    >>> dropout.eval()([1.0, 2.0, 3.0, 4.0])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __init__(self, p: float = 0.5) -> None:
        if isinstance(p, bool) or not (isinstance(p, (int, float)) or is_numpy_number(p)):
            raise TypeError(f"p must be a number, the share that is dropped, not {a_kind_of(p)}")
        if not 0 <= p < 1:
            everything = ", which would drop everything" if p == 1 else ""
            raise ValueError(f"p must be from 0 to below 1, the share that is dropped, not {p!r}{everything}")
        self.p = float(p)

    def forward(self, x: Any) -> Any:
        """Return x with some of its numbers dropped, or as it is.  x: any shape."""
        if not self.training or not self.p:
            return x
        if is_array(x):
            x = plain_array(x, "the input").tolist()
        count = sum(1 for _ in _numbers(x))
        return _times(x, iter(self._mask(count)))

    def _mask(self, count: int) -> Sequence[Any]:
        """Return the number to multiply each number by: 0 or 1/(1 − p)."""
        mode = current_mode.get()
        if mode is not None and mode.masks is not None:
            return mode.masks.take(count, self.p)
        if is_recording():
            raise refusal(
                "cannot compile a Dropout in train mode",
                "model.eval() first, to predict; or nn.fit to train, which draws a new mask in every step",
            )
        return [0.0 if random.random() < self.p else 1.0 / (1.0 - self.p) for _ in range(count)]

    def _settings(self) -> dict[str, Any]:
        return {"p": self.p}

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


def _numbers(x: Any) -> Iterator[Any]:
    if isinstance(x, (list, tuple)):
        for part in x:
            yield from _numbers(part)
    else:
        yield x


def _times(x: Any, mask: Iterator[Any]) -> Any:
    """Multiply each number by the next of the mask."""
    if isinstance(x, (list, tuple)):
        return [_times(part, mask) for part in x]
    return x * next(mask)
