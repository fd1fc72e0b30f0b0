"""Files that are written whole, or stay as they were."""

from __future__ import annotations

import os
import time
from pathlib import Path

__all__ = ["in_a_folder", "write_whole"]

_PATIENCE = 20
"""How often a file that another process reads is tried again, on Windows, every 20 ms."""


def in_a_folder(path: str | os.PathLike[str]) -> Path:
    """The path. Raises FileNotFoundError, naming it, where its folder does not exist."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(target.parent)!r} to save {target.name!r} in: create it first")
    return target


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file beside the path and put it in its place, so that a crash leaves the old one or the new one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", b"whole")
    ...     [(path.name, path.read_text()) for path in Path(folder).iterdir()]
    [('a.txt', 'whole')]
    """
    path = path.resolve()  # behind a link: the file itself is replaced
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put(part, path)
    finally:
        part.unlink(missing_ok=True)


def _put(part: Path, path: Path) -> None:
    for attempt in range(_PATIENCE):
        try:
            part.replace(path)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _PATIENCE - 1:
                raise
            time.sleep(0.02)
