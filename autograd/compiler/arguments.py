"""A compiled function's arguments and results: structures of arrays, taken apart and put together.

An argument is an array (a number, an array, nested lists of numbers) or a dict of arguments. Together they are a batch,
with as many rows each, or one sample. A result is the structure that the function itself returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import numeric as nx
from autograd.pytree import Structure, unflatten
from autograd.util.arrays import Array, plain_array
from autograd.util.printable import a_kind_of
from autograd.value import Value

__all__ = [
    "ArgumentArray",
    "Batch",
    "Signature",
    "argument_arrays",
    "has_values",
    "interpretations",
    "lists_as_arrays",
    "misfit",
    "mixed_batch_and_sample",
    "refuse_names",
    "restored",
    "result_of_batch",
    "result_of_sample",
    "sample_of",
]


class ArgumentArray(NamedTuple):
    """One array of an argument. name: as an error calls it. listed: given as a list."""

    name: str
    array: Array
    listed: bool


Signature = tuple[tuple[str, tuple[int, ...], bool], ...]
"""For each array its name, the shape of one sample's, and whether it is a list: what a program is recorded for."""


class Batch(NamedTuple):
    """The arrays as (rows, a sample's shape …) each. size: how many rows. is_sample: there was no batch axis."""

    signature: Signature
    arrays: list[Array]
    size: int
    is_sample: bool

    def flat(self) -> Array:
        """All numbers of each sample, as (rows, numbers)."""
        columns = [np.asarray(x, float).reshape(self.size, -1) for x in self.arrays]
        return np.concatenate(columns, axis=1) if columns else np.zeros((1, 0))


def has_values(arguments: Sequence[object]) -> bool:
    """Whether a Value is among the arguments: then the function runs as it is, recorded or differentiated."""
    for x in arguments:
        if isinstance(x, Value):
            return True
        if isinstance(x, np.ndarray):
            if x.dtype == object and any(isinstance(element, Value) for element in x.flat):
                return True
        elif isinstance(x, (list, tuple)):
            if not all(isinstance(element, (int, float)) for element in x) and has_values(x):
                return True
        elif not isinstance(x, (int, float)) and isinstance(x, Mapping) and has_values(list(x.values())):
            return True
    return False


# ── arguments, taken apart ──────────────────────────────────────────────────────────────────────────────────────────


_EXPECTED = "try: a number, an array, a list, or a dict of them"


def argument_arrays(arguments: Sequence[object], names: Sequence[str]) -> list[ArgumentArray]:
    """The arrays of all arguments, in order. Raises TypeError or ValueError for what is not one, by name."""
    return [array for argument, name in zip(arguments, names, strict=True) for array in _arrays_in(argument, name)]


def _arrays_in(argument: object, name: str) -> list[ArgumentArray]:
    if isinstance(argument, Mapping):
        return [array for key, member in argument.items() for array in _arrays_in(member, f"{name}[{key!r}]")]
    if type(argument) is np.ndarray and argument.dtype.kind in "fiub":
        return [ArgumentArray(name, argument, False)]
    if isinstance(argument, (str, bytes)) or argument is None:
        raise TypeError(f"{name} is {a_kind_of(argument)}, not real numbers; {_EXPECTED}")
    try:
        array = plain_array(argument, name)
    except ValueError as error:
        raise ValueError(
            f"{name} is ragged: its rows differ in length or nesting; try: one call for each length, or rows filled up "
            "to one length, with targets of -100, which nn.cross_entropy does not count"
        ) from error
    if array.dtype.kind not in "fiub":
        array = _of_real_numbers(array, name)
    return [ArgumentArray(name, array, isinstance(argument, (list, tuple)))]


def _of_real_numbers(array: Array, name: str) -> Array:
    """The array of integers of any size as one of floats. Raises TypeError for what holds anything else."""
    if array.dtype.kind == "O" and all(isinstance(x, (int, float, np.number)) for x in array.flat):
        return np.array([nx.real(x) for x in array.flat]).reshape(array.shape)
    if any(isinstance(x, Mapping) for x in array.flat):
        raise TypeError(
            f"{name} is a list of dicts; try: one dict with all rows of each entry, {{'a': [1.0, 2.0]}} "
            "instead of [{'a': 1.0}, {'a': 2.0}]"
        )
    elements = f"{array.dtype} elements"
    if array.dtype.kind == "O":
        elements = a_kind_of(next((x for x in array.flat if not isinstance(x, (int, float))), array.dtype))
    raise TypeError(f"{name} holds {elements}, not real numbers; {_EXPECTED}")


# ── batches and samples ─────────────────────────────────────────────────────────────────────────────────────────────


def interpretations(arrays: Sequence[ArgumentArray]) -> list[Batch]:
    """List the possible readings of the arguments: a batch, if all have equally many rows, and one sample."""
    candidates = []
    lengths = {x.array.shape[0] for x in arrays if x.array.ndim}
    if arrays and all(x.array.ndim for x in arrays) and len(lengths) == 1:
        signature = tuple((x.name, x.array.shape[1:], x.listed and x.array.ndim > 1) for x in arrays)
        candidates.append(Batch(signature, [x.array for x in arrays], lengths.pop(), False))
    signature = tuple((x.name, x.array.shape, x.listed and x.array.ndim > 0) for x in arrays)
    candidates.append(Batch(signature, [x.array[None] for x in arrays], 1, True))
    return candidates


def mixed_batch_and_sample(arrays: Sequence[ArgumentArray], known: Sequence[Signature]) -> str:
    """Describe which arguments are batches and which are one sample, or return "" if they are not mixed."""
    for signature in known:
        if [name for name, _, _ in signature] != [x.name for x in arrays]:
            continue
        more = [_more_axes(x.array.shape, sample) for x, (_, sample, _) in zip(arrays, signature, strict=True)]
        if set(more) == {0, 1}:
            pairs = zip(arrays, more, strict=True)
            return ", ".join(f"{x.name} {f'has {len(x.array)} rows' if n else 'is one sample'}" for x, n in pairs)
    return ""


def _more_axes(shape: tuple[int, ...], sample: tuple[int, ...]) -> int:
    """How many axes a shape has before those of one sample's; −1 if these are not there."""
    more = len(shape) - len(sample)
    return more if more >= 0 and shape[more:] == sample else -1


_IS_NO_ROW = ("'Value' object is not ", "object of type 'Value' has no len")
"""How Python's error starts where a function indexes or loops over what is one number of a row: it took a sample."""


def misfit(arrays: Sequence[ArgumentArray], errors: Sequence[Exception]) -> Exception:
    """Return the error to raise if the function accepts no interpretation. errors: the error of each."""
    first, error = errors[0], None
    if len(errors) == 2 and isinstance(first, TypeError) and str(first).startswith(_IS_NO_ROW):
        errors[1].add_note(f"(read as a batch of rows, the arguments raise {a_kind_of(first)}: {first})")
        return errors[1]
    if len(errors) == 1 and len(arrays) > 1 and all(x.array.ndim for x in arrays):
        lengths = ", ".join(f"{x.name} has {x.array.shape[0]}" for x in arrays)
        error = ValueError(f"the batches have different numbers of rows: {lengths}")
    elif len({x.array.ndim > 0 for x in arrays}) > 1:
        words = ", ".join(
            f"{x.name} has {len(x.array)} rows" if x.array.ndim else f"{x.name} is one number" for x in arrays
        )
        error = ValueError(
            f"the arguments have no common batch axis ({words}), and read as one sample they fail: {first}"
        )
    if error is not None:
        error.__cause__ = first
        return error
    for other in errors[1:]:
        first.add_note(f"(read as one sample, the arguments raise {a_kind_of(other)}: {other})")
    return first


# ── structures, put together ────────────────────────────────────────────────────────────────────────────────────────


def restored(arguments: Sequence[object], arrays: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with these in place of their arrays."""
    supply = iter(arrays)
    return tuple([_restored(argument, supply) for argument in arguments])


def _restored(argument: object, supply: Iterator[Any]) -> Any:
    if isinstance(argument, Mapping):
        return {key: _restored(member, supply) for key, member in argument.items()}
    return next(supply)


def sample_of(arguments: Sequence[object], batch: Batch, numbers: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """The arguments with these numbers in place of each array: bare, in a list, or in an array, as they were given."""
    samples = zip(batch.signature, numbers, strict=True)
    return restored(arguments, [_shaped(shape, listed, given) for (_, shape, listed), given in samples])


def _shaped(shape: tuple[int, ...], listed: bool, numbers: Sequence[Any]) -> Any:
    if not shape:
        return numbers[0]
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    array = array.reshape(shape)
    return array.tolist() if listed else array


def result_of_sample(columns: Array, structure: Structure) -> Any:
    """columns: (outputs, 1). The structure f returns."""
    return unflatten(structure, columns[:, 0].astype(float).tolist())


def result_of_batch(columns: Array, structure: Structure) -> Any:
    """columns: (outputs, rows). An array along the rows for each number. structure: f's, with its lists as arrays."""
    leaves: Any = columns  # a sequence of rows, to slice
    return unflatten(structure, leaves, lambda row: row.copy(), _along_rows)


def _along_rows(shape: tuple[int, ...], columns: Sequence[Any]) -> Array:
    array = np.asarray(columns)
    return np.ascontiguousarray(array.T).reshape(array.shape[1], *shape)


def lists_as_arrays(structure: Structure) -> Structure:
    """The structure in which a list whose members all have one shape is an array."""
    container = structure.container
    if container is None or isinstance(container, tuple):
        return structure
    children = tuple(map(lists_as_arrays, structure.children))
    shapes = {() if child.container is None else child.container for child in children}
    shape = shapes.pop() if len(shapes) == 1 else None
    if issubclass(container, list) and isinstance(shape, tuple):
        return Structure((len(children), *shape), size=structure.size)
    return Structure(container, children, structure.keys, structure.size)


def refuse_names(named: dict[str, object]) -> None:
    """Raise TypeError if there are arguments by name."""
    if named:
        raise TypeError(
            f"a compiled function takes its batches by position, not as {', '.join(f'{name}=' for name in named)}; "
            "only its own options, such as parameters=, have names"
        )
