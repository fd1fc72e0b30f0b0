"""Validation data: separate samples, or a share of the training samples."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from nn.optim.settings import number
from nn.running.data import Data

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from nn.running.labels import Labels
    from nn.training.options import PlainSpellings

__all__ = ["Pair", "validation_of", "with_held_out"]

Pair: TypeAlias = "tuple[ArrayLike, ArrayLike]"


def validation_of(validation: Pair | None, plain: PlainSpellings) -> Pair | float | None:
    """Return the validation that fit is asked for, (X, y) or a share. Raises ValueError if it is given twice."""
    asked = {
        "validation": validation, "validation_data": plain.get("validation_data"),
        "validation_split": plain.get("validation_split") or None,  # Keras's default is 0.0
    }  # fmt: skip
    given = {name: x for name, x in asked.items() if x is not None}
    if len(given) > 1:
        raise ValueError(f"{' and '.join(f'{name}=' for name in given)} mean the same: use only one of them")
    return next(iter(given.values()), None)


def with_held_out(
    data: Data, validation: Pair | float | None, labels: Labels | None, dtype: str
) -> tuple[Data, Data | None]:
    """Return (samples to train with, samples held out). Raises ValueError for validation data that do not fit."""
    if validation is None:
        return data, None
    if isinstance(validation, (int, float)):
        return _split(data, number("validation_split", validation))
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        what = f"an array of shape {validation.shape}" if hasattr(validation, "shape") else type(validation).__name__
        raise ValueError(f"validation must be a pair, validation=(X, y), not {what}")
    X, y = validation
    held_out = Data.of(X, y if labels is None else labels.numbers(y, "validation's y"), None, dtype)
    if held_out.lengths is None and data.lengths is None and held_out.X.shape[1:] != data.X.shape[1:]:
        raise ValueError(
            f"a sample of X has shape {data.X.shape[1:]}, but one of validation's X has shape {held_out.X.shape[1:]}"
        )
    return data, held_out


def _split(data: Data, share: float) -> tuple[Data, Data]:
    """Hold out the last samples without shuffling, as Keras does."""
    if not 0 < share < 1:
        raise ValueError(f"validation_split is a share of the samples and must be between 0 and 1, not {share!r}")
    count = math.floor(len(data.X) * (1 - share))
    if not 0 < count < len(data.X):
        raise ValueError(f"validation_split={share} of {len(data.X)} samples leaves one of the two parts empty")
    weight = None if data.weight is None else data.weight[:count]
    if weight is not None and not weight.sum() > 0:
        raise ValueError(f"sample_weight is 0 for all {count} samples that validation_split leaves for training")
    scaled = None if weight is None else weight / weight.mean()
    first = replace(data.part(slice(count)), weight=scaled)
    last = replace(data.part(slice(count, None)), weight=None)
    _refuse_new_classes(first, last)
    return first, last


def _refuse_new_classes(first: Data, last: Data) -> None:
    """Raise ValueError if the last samples have a label that the first do not have, as in sorted data."""
    if first.y.ndim > 1 or first.y.dtype.kind not in "iub":
        return
    new = sorted(set(last.y.tolist()) - set(first.y.tolist()))
    if new and len(set(first.y.tolist())) < len(first.y) / 2:  # labels, which repeat, and not counts
        raise ValueError(
            f"validation_split holds out the last {len(last.y)} samples, but only those have the label {new[0]}\n"
            "  try             shuffling X and y first: order = np.random.default_rng(0).permutation(len(X))"
        )
