"""Outputs: a model run over data, all samples at once or, where sequences differ in length, length by length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from nn.running.data import Data
from nn.running.row_function import Engine, Function, RowFunction
from nn.running.sequences import ClassLoss, is_causal

__all__ = ["Outputs", "Part", "in_order", "is_padded"]


class Part(NamedTuple):
    """Samples that are computed together: the length of their sequences, their indices, data and outputs."""

    length: int
    chosen: Array
    data: Data
    outputs: Array


def is_padded(model: Function, loss: Function | None, data: Data) -> bool:
    """Whether a loss can be computed of padded sequences: the model is causal, and the loss ignores what is added."""
    return data.has_target_each and is_causal(model) and loss is not None and ClassLoss.of(loss) is not None


class Outputs:
    """A model's outputs for data, in parts. A causal model gets all sequences padded, any other gets those of a length.

    loss: the loss to compute of the outputs, if any. If it ignores targets, a causal model's outputs are one part.
    """

    def __init__(self, model: Function, engine: Engine, dtype: str, loss: Function | None = None) -> None:
        self._model, self._engine, self._dtype, self._loss = model, engine, dtype, loss
        self._functions = {0: RowFunction(model, engine=engine, dtype=dtype)}  # by length; 0 for all

    def __call__(self, data: Data) -> Iterator[Part]:
        """Yield the outputs for each part."""
        everything = np.arange(len(data.X))
        if data.lengths is None:
            yield Part(0, everything, data, self._functions[0](data.X))
        elif self._engine == "eager" or not is_causal(self._model):
            for length, chosen, part in data.by_length():
                yield Part(length, chosen, part, self._function(length)(part.X))
        else:
            outputs = self._functions[0](data.X)
            if is_padded(self._model, self._loss, data):
                yield Part(0, everything, data, outputs)
                return
            for length, chosen, part in data.by_length():
                yield Part(length, chosen, part, outputs[chosen, :length])

    def warn_if_eager(self) -> None:
        """If compiling failed, warn the caller's caller that the model runs eagerly, and why."""
        for function in self._functions.values():
            if function.refused is not None:
                function.warn_if_eager("model", 1)
                return

    def _function(self, length: int) -> RowFunction:
        if length not in self._functions:
            self._functions[length] = RowFunction(self._model, engine=self._engine, dtype=self._dtype)
        return self._functions[length]


def in_order(parts: Sequence[Part], arrays: Sequence[Array] | None = None) -> Array:
    """Join the parts' outputs, or other arrays of theirs, in the order of the samples.

    If their shapes differ, the result is an array of arrays.
    """
    arrays = [part.outputs for part in parts] if arrays is None else arrays
    if len(arrays) == 1:
        return arrays[0]
    count, shapes = sum(len(part.chosen) for part in parts), {array.shape[1:] for array in arrays}
    if len(shapes) == 1:
        joined = np.empty((count, *shapes.pop()), arrays[0].dtype)
        for part, array in zip(parts, arrays, strict=True):
            joined[part.chosen] = array
        return joined
    of_arrays = np.empty(count, object)
    for part, array in zip(parts, arrays, strict=True):
        for i, row in zip(part.chosen.tolist(), array, strict=True):
            of_arrays[i] = row
    return of_arrays
