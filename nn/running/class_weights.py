"""Class weights: a weight for each class, which all its samples get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import np
from autograd.util.printable import a_kind_of
from nn.running.data import Data
from nn.running.labels import Labels

__all__ = ["ClassWeight", "with_class_weights"]

ClassWeight = Mapping[int, float] | Mapping[str, float] | Sequence[float] | Array | Literal["balanced"]


def with_class_weights(data: Data, given: ClassWeight | None, labels: Labels | None) -> Data:
    """Return the data with each sample's weight multiplied by that of its class, and scaled to a mean of 1.

    given: a dict, in which a class that is missing has the weight 1; a list of one weight for each class, in the order
    of the classes; or "balanced", for scikit-learn's n / (k·nₖ) with nₖ of the n samples in class k.

    Raises TypeError or ValueError if the weights or their classes do not fit.

    >>> data = Data(np.ones((4, 1)), np.array([0, 0, 0, 1]))
    >>> with_class_weights(data, {1: 3.0}, None).weight
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])
    """
    if given is None:
        return data
    _require_classes(data)
    numbers, indices, counts = np.unique(data.y, return_inverse=True, return_counts=True)
    classes = [int(x) for x in numbers] if labels is None else labels.names(numbers)
    if isinstance(given, str):
        if given != "balanced":
            raise ValueError(f"class_weight must be 'balanced', a dict or a list of weights, not {given!r:.60}")
        of_class = np.asarray(len(indices) / (len(counts) * counts))
    elif isinstance(given, Mapping):
        of_class = _of_mapping(given, classes)
    else:
        of_class = _of_list(given, classes if labels is None else labels.classes.tolist())
        of_class = of_class[np.searchsorted(labels.classes, classes)] if labels is not None else of_class
    weight = of_class[indices]
    if not np.isfinite(weight).all() or (weight < 0).any() or not weight.sum() > 0:
        raise ValueError("the weights in class_weight must be finite numbers, 0 or more and not 0 for all samples")
    weight = weight if data.weight is None else (data.weight * weight).astype(data.weight.dtype)
    return replace(data, weight=weight / weight.mean())


def _require_classes(data: Data) -> None:
    """Raise ValueError unless y has one class for each sample."""
    y = data.y
    if y.ndim != 1:
        shape = "a target for each number of a sequence" if data.has_target_each else f"shape {y.shape}"
        raise ValueError(
            f"class_weight is for one class a sample, but y has {shape}\n"
            "  try             loss=nn.CrossEntropyLoss(weight=weights) for several targets a sample, or sample_weight="
        )
    if (y != np.floor(y)).any():
        raise ValueError(
            f"class_weight is for classes, but y has {y[y != np.floor(y)][0]:g}, which is not a whole number"
        )


def _of_mapping(given: Mapping[Any, float], classes: Sequence[object]) -> Array:
    unknown = [name for name in given if name not in classes]
    if unknown:
        known = ", ".join(map(repr, classes[:5])) + (", …" if len(classes) > 5 else "")
        raise ValueError(f"class_weight has the class {unknown[0]!r:.60}, but y only has {known}")
    return np.array([given.get(name, 1.0) for name in classes], float)


def _of_list(given: object, classes: Sequence[Any]) -> Array:
    """Return the weights of the classes; of a list for classes from 0, some may not be in y."""
    if not isinstance(given, (Sequence, np.ndarray)):
        raise TypeError(f"class_weight must be 'balanced', a dict or a list of weights, not {a_kind_of(given)}")
    weights = plain_array(given, "class_weight", float)
    if weights.ndim == 1 and len(weights) == len(classes):
        return weights
    if weights.ndim == 1 and all(isinstance(x, int) and 0 <= x < len(weights) for x in classes):
        return np.asarray(weights[np.asarray(classes)])
    raise ValueError(
        f"class_weight must have one weight for each of y's {len(classes)} classes, not shape {weights.shape}"
    )
