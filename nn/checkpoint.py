"""Checkpoints: a training's whole state in one .npz file, written at once or not at all, with no pickle in it."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["CheckpointError", "read_checkpoint", "write_checkpoint"]

_FORMAT = "scalar-autograd checkpoint 2"


class CheckpointError(ValueError):
    """A checkpoint cannot be used: the message says what is wrong with it, and what to do."""


def write_checkpoint(path: Path, arrays: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Write arrays, and what JSON can say, into one file: whole, or the old file stays as it is.

    Raises OSError where the folder cannot be written or the disk is full.
    """
    text = json.dumps({"format": _FORMAT, **words})
    name = path.with_name(f".{path.name}.part")  # one name, so that killed runs leave one file at most
    try:
        with open(name, "wb") as file:
            np.savez(file, allow_pickle=False, words=np.array(text), **{f"array.{k}": v for k, v in arrays.items()})
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            name.unlink()
        raise


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, words) of a checkpoint. Raises CheckpointError for a truncated or foreign file, OSError for no file."""
    advice = "delete it to begin anew, or give another path"
    content = io.BytesIO(path.read_bytes())
    try:
        with np.load(content, allow_pickle=False) as kept:
            if {"paths", "numbers"} <= set(kept.files):
                raise CheckpointError(
                    f"{path} is no checkpoint of a training: it may be a model, which model.load reads, and is left as "
                    "it is; give the checkpoint another path"
                )
            if "words" not in kept.files:
                raise CheckpointError(f"{path} is a .npz file, but no checkpoint of a training: {advice}")
            words = json.loads(str(kept["words"]))
            arrays = {name.removeprefix("array."): kept[name] for name in kept.files if name != "words"}
    except CheckpointError:
        raise
    except Exception:  # whatever damaged bytes lead zipfile and NumPy to, whose own advice is of no use here
        raise CheckpointError(f"{path} is truncated, or no checkpoint at all: {advice}") from None
    if not isinstance(words, dict) or words.get("format") != _FORMAT:
        raise CheckpointError(f"{path} is a checkpoint of another kind or version: {advice}")
    return arrays, words
