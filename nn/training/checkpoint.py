"""Checkpoints: a training's whole state in one .npz file without pickle, written completely or not at all."""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.util.file_locks import InUseError, locked
from autograd.util.lazy_numpy import np
from nn.npz import NpzError, read_npz, write_npz

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CheckpointError", "one_training", "read_checkpoint", "refuse_changed", "write_checkpoint"]

_FORMAT = "scalar-autograd checkpoint 3"
_ROOM = 1 << 24  # bytes that a checkpoint may unpack to beyond its own size, were it packed


class CheckpointError(ValueError):
    """Raised if a checkpoint cannot be used; the message says what is wrong and what to do."""


def write_checkpoint(path: Path, arrays: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Write arrays and JSON data into one file. If that fails, the old file stays as it is.

    Raises OSError if the folder cannot be written or the disk is full.
    """
    written = json.loads(json.dumps({"format": _FORMAT, **words}))  # as it will be read
    text = np.array(json.dumps({**written, "checksums": _checksums(arrays, written)}))
    named = {f"array.{name}": array for name, array in arrays.items()}
    write_npz(path, {"words": text, **named})


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read (arrays, words) from a checkpoint. Raises CheckpointError for a damaged or foreign file.

    The contents are not checked here; ``refuse_changed`` checks whether somebody has edited the file.
    """
    advice = "delete it to start again, or use another path"
    try:
        arrays = read_npz(path, _ROOM)
    except NpzError as error:
        says = f"{error}".replace("a .npz file", "a checkpoint")
        raise CheckpointError(f"{path} {says}: {advice}") from None
    if {"paths", "numbers"} <= set(arrays):
        raise CheckpointError(
            f"{path} is not a training checkpoint; it may be a saved model, which model.load reads, and was left "
            "unchanged: use another path for the checkpoint"
        )
    if "words" not in arrays:
        raise CheckpointError(f"{path} is a .npz file, but not a training checkpoint: {advice}")
    try:
        words = json.loads(str(arrays.pop("words")), object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        raise CheckpointError(f"{path} has words that are not JSON, or that repeat a name: {advice}") from None
    if not isinstance(words, dict) or words.get("format") != _FORMAT:
        raise CheckpointError(f"{path} is a checkpoint from another version: {advice}")
    return {name.removeprefix("array."): array for name, array in arrays.items()}, words


def refuse_changed(path: Path, arrays: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Raise CheckpointError, naming the field, for anything that changed since ``write_checkpoint`` wrote it."""
    read = {name: x for name, x in words.items() if name != "checksums"}
    written, now = words.get("checksums"), _checksums(arrays, read)
    written = written if isinstance(written, dict) else {}
    changed = sorted(name for name in {*written, *now} if written.get(name) != now.get(name))
    if changed:
        raise CheckpointError(
            f"{path} was edited after it was written, at {', '.join(changed)}: restore it, or delete it to start again"
        )


@contextlib.contextmanager
def one_training(path: Path | None) -> Iterator[None]:
    """Reserve a checkpoint for one training. Raises CheckpointError, naming the process, if another is using it."""
    if path is None:
        yield
        return
    is_ours = False
    try:
        with locked(path) as is_locked:  # no ExitStack: its frame would keep the lock alive after Ctrl-C
            is_ours = True
            if not is_locked and sys.platform != "emscripten":  # where there is only one process
                warnings.warn(
                    f"the file system of {path} has no locks, so a second training could write to this checkpoint too",
                    stacklevel=4,
                )
            yield
    except InUseError as error:
        if is_ours:
            raise
        raise CheckpointError(
            f"{path} is being used by another training, process {error.process or 'unknown'}\n"
            "  try             waiting until that ends, or another path"
        ) from None


def _checksums(arrays: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, str]:
    """Compute a checksum for each array and each of the words, by name."""
    texts = {name: json.dumps(x, sort_keys=True).encode() for name, x in words.items()}
    contents = {name: _bytes(np.asarray(x)) for name, x in arrays.items()}
    return {name: f"{zlib.crc32(content):08x}" for name, content in {**texts, **contents}.items()}


def _bytes(array: NDArray[Any]) -> bytes:
    return f"{array.dtype.str} {array.shape} ".encode() + np.ascontiguousarray(array).tobytes()


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name is repeated")
    return fields
