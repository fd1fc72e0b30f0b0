"""Files that are written whole, or stay as they were, and read as far as is sane.

Everything this package writes goes through ``write_whole``. What it reads of others' goes through ``read_whole`` or
``opened``, which refuse what is no file, and a size that cannot be.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from autograd.util.file_locks import flock, refuse_no_file

__all__ = ["in_a_folder", "opened", "read_whole", "write_whole"]

Content = bytes | memoryview | Callable[[BinaryIO], Any]
"""The bytes of a file, or a function that writes them into one that is open."""

_PATIENCE = 20
"""How often a file that another process reads is tried again, on Windows, every 20 ms."""
_NAME = 40
"""So much of a file's name is in that of its part, which has to be shorter than 255 bytes."""
_A_DAY = 86400.0


def in_a_folder(path: str | os.PathLike[str]) -> Path:
    """The path. Raises FileNotFoundError, naming it, where its folder does not exist."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(target.parent)!r} to save {target.name!r} in: create it first")
    return target


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_whole(path: str | os.PathLike[str], content: Content, *, new: bool = False) -> None:
    """Write a file beside the path and put it in its place, so that a crash leaves the old one or the new one.

    content: bytes, or a function that writes them into an open file. A link is followed, and the file keeps its
    permissions. Each call has a part file of its own, so that any number of threads and processes may write one path:
    the last one stays. The parts that killed writers left are removed. new: only where there is no file yet.

    Raises OSError, naming the path, where it cannot be written, is write-protected, or is no file (a folder, device,
    FIFO or socket); FileExistsError for one that is there already, if it has to be ``new``. The old file stays then,
    and nothing is left beside it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", b"whole")
    ...     write_whole(Path(folder) / "b.txt", lambda file: file.write(b"as a whole"))
    ...     sorted((path.name, path.read_text()) for path in Path(folder).iterdir())
    [('a.txt', 'whole'), ('b.txt', 'as a whole')]
    """
    target = Path(os.path.realpath(path))
    try:
        before = _before(path, target, new)
        _sweep(target)
        with _part_of(target, before) as (file, part):
            file.write(content) if isinstance(content, (bytes, memoryview)) else content(file)
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":  # renames no file that is open; elsewhere it is locked until it has its name
                file.close()
            _put(part, target, new)
        _sync_folder(target.parent)
    except OSError as error:
        is_of_it = error.filename in (None, os.fspath(target)) or str(error.filename).endswith(".part")
        if error.errno is None or not is_of_it:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None  # the path given, not the part's


def _before(path: str | os.PathLike[str], target: Path, new: bool) -> os.stat_result | None:
    """What is at the target now. Raises OSError for what is no file, or may not be written."""
    if new and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "there is one already", os.fspath(path))
    try:
        before = os.lstat(target)
    except FileNotFoundError:
        return None
    refuse_no_file(before, path)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected", os.fspath(path))
    return before


_being_written: set[str] = set()
"""The parts of this process: on some network file systems a lock keeps out other processes, and no threads."""


@contextlib.contextmanager
def _part_of(target: Path, before: os.stat_result | None) -> Iterator[tuple[BinaryIO, str]]:
    """A new file beside the target, locked so that nobody sweeps it away, and its name; removed afterwards."""
    for _ in range(_PATIENCE):
        part = os.path.join(target.parent, f".{target.name[:_NAME]}.{os.urandom(8).hex()}.part")
        _being_written.add(part)
        try:
            with os.fdopen(_created(part, before), "wb") as file:
                if flock(file.fileno()) is not False and os.fstat(file.fileno()).st_nlink:
                    yield file, part
                    return
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)
            _being_written.discard(part)
    raise OSError(errno.EAGAIN, "another process removes what is written", os.fspath(target))


def _created(part: str, before: os.stat_result | None) -> int:
    """A new file, with the owner and the permissions of the one that it is to replace; no link there is followed."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    mode = 0o666 if before is None else stat.S_IMODE(before.st_mode) & 0o777
    number = os.open(part, flags, mode)
    if before is not None and sys.platform != "win32":
        with contextlib.suppress(OSError):  # only root gives files away
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(number, before.st_uid, before.st_gid)
        with contextlib.suppress(OSError):  # a file system may have no permissions
            os.fchmod(number, mode)
    return number


def _put(part: str, target: Path, new: bool) -> None:
    """Give the part the target's name."""
    if new:
        _put_new(part, target)
        return
    for attempt in range(_PATIENCE):
        try:
            os.replace(part, target)
            return
        except PermissionError:
            if sys.platform != "win32" or attempt == _PATIENCE - 1:
                raise
            time.sleep(0.02)


def _put_new(part: str, target: Path) -> None:
    if sys.platform == "win32":  # where it replaces nothing
        os.rename(part, target)
        return
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "there is one already", os.fspath(target)) from None
        os.replace(part, target)


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a power cut, where a system can be asked for that."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(number)
            finally:
                os.close(number)


def _sweep(target: Path) -> None:
    """Remove the parts of the target whose writers are dead: those that nobody has locked."""
    ours = re.compile(rf"\.{re.escape(target.name[:_NAME])}\.[0-9a-f]{{16}}\.part")
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        parts = [entry.path for entry in entries if ours.fullmatch(entry.name)]
        for part in set(parts) - _being_written:
            with contextlib.suppress(OSError):
                _remove_if_dead(part)


def _remove_if_dead(part: str) -> None:
    if sys.platform == "win32":  # where what is open cannot be removed
        os.unlink(part)
        return
    number = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        alone = flock(number)
        if alone or (alone is None and time.time() - os.fstat(number).st_mtime > _A_DAY):
            os.unlink(part)
    finally:
        os.close(number)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A file, open to be read. Raises OSError, naming the path, for what is no file: no FIFO keeps anybody waiting.

    >>> opened(".")
    Traceback (most recent call last):
    IsADirectoryError: [Errno 21] a folder, not a file: '.'
    """
    if os.path.isdir(path):  # Windows opens none
        raise IsADirectoryError(errno.EISDIR, "a folder, not a file", os.fspath(path))
    file = open(path, "rb", opener=_open_to_read)  # noqa: SIM115  (it alone closes its number, whenever Ctrl-C comes)
    try:
        refuse_no_file(os.fstat(file.fileno()), path)
    except BaseException:
        file.close()
        raise
    return file


def _open_to_read(path: str, _: int) -> int:
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def read_whole(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a file. Raises OSError, naming the path, for what is no file, and for more than ``most`` bytes."""
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"more than {most:,} bytes", os.fspath(path))
    return content
