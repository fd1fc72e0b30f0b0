"""What a compiled function returns: the structure of the function's own result, with rows in place of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.program import Array
from autograd.pytree import Structure, unflatten
from autograd.value import Value

__all__ = ["has_values", "refilled", "structured"]


def has_values(arguments: Sequence[Any]) -> bool:
    """Whether a Value is among the arguments: then the function runs as it is, recorded or differentiated."""
    for x in arguments:
        if isinstance(x, Value) or (
            isinstance(x, np.ndarray) and x.dtype == object and any(isinstance(y, Value) for y in x.flat)
        ):
            return True
        if isinstance(x, dict) and has_values(list(x.values())):
            return True
        if isinstance(x, (list, tuple)) and not all(isinstance(y, (int, float)) for y in x) and has_values(x):
            return True
    return False


def structured(columns: Array, tree: Structure, single: bool) -> Any:
    """columns: (outputs, rows). The structure f returns, an array along the rows in place of each number."""
    if single:
        return unflatten(tree, columns[:, 0].astype(float).tolist())
    return _batched(tree, columns)


def _batched(tree: Structure, columns: Array) -> Any:
    if tree.container is None:
        return columns[0].copy()
    if isinstance(tree.container, tuple):
        return np.ascontiguousarray(columns.T).reshape(columns.shape[1], *tree.container)
    parts, start = [], 0
    for child in tree.children:
        parts.append(_batched(child, columns[start : start + child.size]))
        start += child.size
    if issubclass(tree.container, dict):
        return dict(zip(tree.keys, parts, strict=True))
    if (
        issubclass(tree.container, list)
        and parts
        and all(isinstance(x, np.ndarray) and x.shape == parts[0].shape for x in parts)
    ):
        return np.stack(parts, axis=1)
    return tree.container(*parts) if hasattr(tree.container, "_fields") else tree.container(parts)


def refilled(argument: Any, arrays: Any) -> Any:
    """The structure of an argument, with the next of these arrays in place of each of its own."""
    if isinstance(argument, dict):
        return {key: refilled(member, arrays) for key, member in argument.items()}
    found = next(arrays)
    return float(found) if not found.ndim else found
