"""Validation data: samples given beside those of the training, or a share of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from nn.optim.settings import number
from nn.running.evaluation import Data

if TYPE_CHECKING:
    from nn.running.labels import Labels
    from nn.training.options import PlainSpellings

__all__ = ["Pair", "validation_of", "with_held_out"]

Pair = tuple[ArrayLike, ArrayLike]


def validation_of(validation: Pair | None, plain: PlainSpellings) -> Pair | float | None:
    """The validation that fit is asked for, (X, y) or a share. Raises ValueError where it is asked for twice."""
    asked = {
        "validation": validation, "validation_data": plain.get("validation_data"),
        "validation_split": plain.get("validation_split") or None,  # Keras's default is 0.0
    }  # fmt: skip
    given = {name: x for name, x in asked.items() if x is not None}
    if len(given) > 1:
        raise ValueError(f"{' and '.join(f'{name}=' for name in given)} are both given: say it in one of them")
    return next(iter(given.values()), None)


def with_held_out(
    data: Data, validation: Pair | float | None, labels: Labels | None, dtype: str
) -> tuple[Data, Data | None]:
    """(the samples to train with, those held out). Raises ValueError for validation data that do not fit."""
    if validation is None:
        return data, None
    if isinstance(validation, (int, float)):
        return _split(data, number("validation_split", validation))
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        what = f"an array of shape {validation.shape}" if hasattr(validation, "shape") else type(validation).__name__
        raise ValueError(f"validation is a pair, validation=(X, y), and not {what}")
    X, y = validation
    held_out = Data.of(X, y if labels is None else labels.numbers(y, "validation's y"), None, dtype)
    if held_out.X.shape[1:] != data.X.shape[1:]:
        raise ValueError(f"a sample of X is {data.X.shape[1:]}, and one of validation's X {held_out.X.shape[1:]}")
    return data, held_out


def _split(data: Data, share: float) -> tuple[Data, Data]:
    """All but the last samples, and these, as they stand: what Keras does."""
    if not 0 < share < 1:
        raise ValueError(f"validation_split is a share of the samples, between 0 and 1, not {share!r}")
    count = math.floor(len(data.X) * (1 - share))
    if not 0 < count < len(data.X):
        raise ValueError(f"validation_split={share} of {len(data.X)} samples leaves none on one side")
    weight = None if data.weight is None else data.weight[:count]
    if weight is not None and not weight.sum() > 0:
        raise ValueError(f"sample_weight is 0 for each of the {count} samples that validation_split leaves")
    scaled = None if weight is None else weight / weight.mean()
    first, last = Data(data.X[:count], data.y[:count], scaled), Data(data.X[count:], data.y[count:])
    _refuse_new_classes(first, last)
    return first, last


def _refuse_new_classes(first: Data, last: Data) -> None:
    """Raise ValueError where the last samples have a label that the first have not, as those of sorted data."""
    if first.y.ndim > 1 or first.y.dtype.kind not in "iub":
        return
    new = sorted(set(last.y.tolist()) - set(first.y.tolist()))
    if new and len(set(first.y.tolist())) < len(first.y) / 2:  # labels, which repeat, and not counts
        raise ValueError(
            f"validation_split holds out the last {len(last.y)} samples, and only they have the label {new[0]}\n"
            "  try             to shuffle X and y first: order = np.random.default_rng(0).permutation(len(X))"
        )
