"""Modes: whether modules train or predict in a block of code, and the masks of Dropout in a sample of a training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

from autograd.core.modes import holding
from autograd.core.recording import is_recording
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np

__all__ = ["Trained", "current_mode", "predicting"]


Calls = tuple[tuple[int, float], ...]
"""How many numbers go through a Dropout, and its p, for each of its calls in order."""


class Masks:
    """The numbers that the Dropouts of a model multiply by in one call of the model, in order.

    numbers: a number for each that goes through a Dropout; None drops nothing, and notes what is asked for.
    calls: the calls that the numbers are for.
    """

    def __init__(self, numbers: Sequence[Any] | None, calls: Calls = ()) -> None:
        self.numbers, self.calls = numbers, calls
        self._call = self._number = 0

    def take(self, count: int, p: float) -> Sequence[Any]:
        """Return the numbers for the next call. Raises ValueError if it is not the one that was expected."""
        if self.numbers is None:
            if is_recording():
                raise ValueError("a Dropout needs a mask that is an input")  # the training adds it, once it is counted
            self.calls = (*self.calls, (count, p))
            return [1.0] * count
        if self.calls[self._call : self._call + 1] != ((count, p),):
            raise ValueError(
                f"Dropout({p}) got {count} numbers, unlike for the first sample, so nn.fit has no mask for them\n"
                "  try             a model that calls the same Dropouts, on as many numbers, for every sample"
            )
        begin = self._number
        self._call, self._number = self._call + 1, begin + count
        return self.numbers[begin : begin + count]


class Mode:
    """A mode that holds for all modules in a block. is_read: whether any of them asked."""

    __slots__ = ("is_read", "is_training", "masks")

    def __init__(self, is_training: bool, masks: Masks | None = None) -> None:
        self.is_training, self.masks = is_training, masks
        self.is_read = False


current_mode: ContextVar[Mode | None] = ContextVar("mode", default=None)
"""The mode of this thread or task; None where each module's own ``training`` counts."""


def predicting() -> AbstractContextManager[None]:
    """Let all modules predict inside this block: Dropout passes everything on."""
    return holding(current_mode, Mode(is_training=False))


class Trained:
    """A model in train mode: a function of one sample and, once its Dropouts are counted, of their mask.

    model: the model.

    The attribute ``calls`` lists the calls of Dropouts, as the last sample without a mask made them, and
    ``depends_on_mode`` says whether any module asked whether it trains.
    """

    def __init__(self, model: Callable[..., Any]) -> None:
        self.model = model
        self.calls: Calls = ()
        self.depends_on_mode = False

    def __call__(self, x: Any, mask: Sequence[Any] | None = None) -> Any:
        """Compute the model's output in train mode."""
        masks = Masks(mask, () if mask is None else self.calls)
        mode = Mode(is_training=True, masks=masks)
        with holding(current_mode, mode):
            output = self.model(x)
        if mask is None:
            self.calls, self.depends_on_mode = masks.calls, mode.is_read
        return output

    def masks(self, samples: int, seeds: Sequence[int], dtype: str) -> Array:
        """Draw the masks of a step: (samples, numbers that go through a Dropout), each 0 or 1/(1 − p).

        seeds: the training's seed, the epoch, the step and so on, which alone decide what is drawn.
        """
        p = np.concatenate([np.full(count, p) for count, p in self.calls])
        seed, *place = seeds
        own_seed = np.random.SeedSequence(seed, spawn_key=tuple(place))  # not that of the shuffling
        source = np.random.default_rng(own_seed)
        return np.where(source.random((samples, len(p))) < p, 0.0, 1.0 / (1.0 - p)).astype(dtype)
