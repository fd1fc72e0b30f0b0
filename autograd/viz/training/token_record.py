"""What was recorded of a model of tokens, made ready to be shown: attention, next tokens, invented texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Sequences", "sequences_of"]

Floats = NDArray[np.float64]

HEADS, LIKELIEST = 4, 12  # heads of attention, and tokens that may come next, besides those that did


@dataclass(frozen=True, slots=True)
class Sequences:
    """What a model of tokens looks at, expects and invents, in each snapshot.

    tokens, heads: the names of the tokens read, and of the heads. attention: (snapshots, heads, tokens, tokens).
    rows: of the tokens that may come next those that are shown, out of ``vocabulary_size``. probabilities: (snapshots,
    rows, tokens); came: which row came next after each token, None where it is not known. invented: the texts of each
    snapshot.
    """

    tokens: Sequence[str]
    heads: Sequence[str]
    attention: Floats
    rows: Sequence[str]
    vocabulary_size: int
    probabilities: Floats
    came: Sequence[int | None]
    invented: Sequence[Sequence[str]]


def sequences_of(about: Mapping[str, Any] | None, snapshots: Sequence[Mapping[str, Any] | None]) -> Sequences | None:
    """What is shown of a model of tokens; None of other models.

    about: what is the same in all snapshots, as ``SequenceProbe.about`` gives it. snapshots: what each has seen.
    """
    seen = [snapshot for snapshot in snapshots if snapshot is not None and snapshot["probabilities"] is not None]
    if not about or len(seen) < len(snapshots):
        return None
    shares = np.array([snapshot["probabilities"] for snapshot in seen], float)
    likeliest = np.argsort(-np.nan_to_num(shares[-1]).max(axis=0), kind="stable")[:LIKELIEST].tolist()
    shown = sorted({*likeliest, *(token for token in about["came"] if token is not None)})
    return Sequences(
        tokens=list(map(str, about["tokens"])),
        heads=list(map(str, about["heads"])),
        attention=np.array([snapshot["attention"][:HEADS] for snapshot in seen], float),
        rows=[str(about["vocabulary"][token]) for token in shown],
        vocabulary_size=shares.shape[-1],
        probabilities=shares[..., shown].swapaxes(1, 2),
        came=[None if token is None else shown.index(token) for token in about["came"]],
        invented=[list(map(str, snapshot["invented"])) for snapshot in seen],
    )
