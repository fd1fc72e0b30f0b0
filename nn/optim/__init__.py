"""Optimizers, schedules and clipping, under PyTorch's names."""

from typing import TYPE_CHECKING

from autograd.util.suggestions import missing as _missing
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        raise _missing(f"module {__name__!r}", name, [__name__], __all__)
