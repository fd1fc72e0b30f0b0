"""The arguments of a compiled function: batches, or single samples, of arrays, nested lists, or dicts of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import numeric as nx
from autograd.compiler.program import Array
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of

__all__ = [
    "ArgumentArray",
    "Batch",
    "Signature",
    "argument_arrays",
    "interpretations",
    "mixed_batch_and_sample",
    "sample_of",
]


class ArgumentArray(NamedTuple):
    """One array of an argument. name: as an error calls it. listed: given as a list."""

    name: str
    array: Array
    listed: bool


Signature = tuple[tuple[str, tuple[int, ...], bool], ...]
"""For each leaf its name, the shape of one sample's, and whether it is a list: what a program is recorded for."""


class Batch(NamedTuple):
    """The arrays as (rows, a sample's shape …) each. size: how many rows. is_sample: there was no batch axis."""

    signature: Signature
    arrays: list[Array]
    size: int
    is_sample: bool


def argument_arrays(arguments: Sequence[Any], names: Sequence[str]) -> list[ArgumentArray]:
    """The arrays of all arguments, in order. Raises TypeError or ValueError for what is not one, by name."""
    return [leaf for argument, name in zip(arguments, names, strict=True) for leaf in _arrays_of(argument, name)]


def _arrays_of(argument: Any, name: str) -> list[ArgumentArray]:
    if isinstance(argument, Mapping):
        return [leaf for key, member in argument.items() for leaf in _arrays_of(member, f"{name}[{key!r}]")]
    if type(argument) is np.ndarray and argument.dtype.kind in "fiub":
        return [ArgumentArray(name, argument, False)]
    if isinstance(argument, (str, bytes)) or argument is None:
        raise TypeError(f"{name} is a {kind_of(argument)}: numbers, arrays, lists, or dicts of them are expected")
    try:
        array = plain_array(argument, name)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows have different lengths, or are nested differently") from error
    if array.dtype.kind not in "fiub":
        if array.dtype.kind == "O" and all(isinstance(x, (int, float, np.number)) for x in array.flat):
            array = np.array([nx.real(x) for x in array.flat]).reshape(array.shape)  # integers of any size
        elif any(isinstance(x, Mapping) for x in array.flat):
            raise TypeError(
                f"{name} is a list of dicts: a batch is one dict, with all rows of each entry, {{'a': [1.0, 2.0]}} "
                "in place of [{'a': 1.0}, {'a': 2.0}]"
            )
        else:
            raise TypeError(f"{name} holds {_kind(array)}: numbers, arrays, lists, or dicts of them are expected")
    return [ArgumentArray(name, array, isinstance(argument, (list, tuple)))]


def _kind(array: Array) -> str:
    if array.dtype.kind == "O":
        odd = next((x for x in array.ravel() if not isinstance(x, (int, float))), array.dtype)
        return f"a {kind_of(odd)}"
    return f"{array.dtype} elements"


def interpretations(leaves: Sequence[ArgumentArray]) -> list[Batch]:
    """The ways to read the arguments: as batches, if they all have as many rows, and as one sample."""
    found = []
    lengths = {leaf.array.shape[0] for leaf in leaves if leaf.array.ndim}
    if leaves and all(leaf.array.ndim for leaf in leaves) and len(lengths) == 1:
        rows = lengths.pop()
        signature = tuple((x.name, x.array.shape[1:], x.listed and x.array.ndim > 1) for x in leaves)
        found.append(Batch(signature, [x.array for x in leaves], rows, False))
    signature = tuple((x.name, x.array.shape, x.listed and x.array.ndim > 0) for x in leaves)
    found.append(Batch(signature, [x.array[None] for x in leaves], 1, True))
    return found


def mixed_batch_and_sample(leaves: Sequence[ArgumentArray], known: Sequence[Signature]) -> str:
    """What is wrong with arguments of which some have rows and some are one sample's; "" if nothing is known."""
    shapes = [leaf.array.shape for leaf in leaves]
    for signature in known:
        if [name for name, _, _ in signature] != [leaf.name for leaf in leaves]:
            continue
        alone = [shape == sample for shape, (_, sample, _) in zip(shapes, signature, strict=True)]
        several = [
            shape[1:] == sample and len(shape) == len(sample) + 1
            for shape, (_, sample, _) in zip(shapes, signature, strict=True)
        ]
        if all(a or b for a, b in zip(alone, several, strict=True)) and not all(alone) and not all(several):
            words = [
                f"{x.name} {'is one sample' if a else f'has {len(x.array)} rows'}"
                for x, a in zip(leaves, alone, strict=True)
            ]
            return ", ".join(words)
    return ""


def sample_of(
    arguments: Sequence[Any], leaves: Sequence[ArgumentArray], batch: Batch, numbers: Sequence[Sequence[Any]]
) -> list[Any]:
    """The arguments with, in place of each leaf, these numbers: bare, in a list, or in an array, as they were given."""
    supply = iter(
        _shaped(shape, listed, given)
        for (_, shape, listed), given in zip(batch.signature, numbers, strict=True)
    )  # fmt: skip
    return [_filled(argument, supply) for argument in arguments]


def _filled(argument: Any, supply: Iterator[Any]) -> Any:
    if isinstance(argument, Mapping):
        return {key: _filled(member, supply) for key, member in argument.items()}
    return next(supply)


def _shaped(shape: tuple[int, ...], listed: bool, given: Sequence[Any]) -> Any:
    if not shape:
        return given[0]
    made = np.empty(len(given), dtype=object)
    made[:] = given
    made = made.reshape(shape)
    return made.tolist() if listed else made
