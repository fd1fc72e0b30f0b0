"""Safe reading and writing of files: a file is written whole or not at all, and read up to a sensible size.

Everything this package writes goes through ``write_whole``. Files from elsewhere are read through ``read_whole`` or
``opened``, which raise an error for anything that is not a file, and for a file that is too large.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from autograd.util.file_locks import flock, refuse_no_file

__all__ = ["in_a_folder", "opened", "read_whole", "write_as", "write_whole"]

T = TypeVar("T")

Content = bytes | memoryview | Callable[[BinaryIO], Any]
"""A file's bytes, or a function that writes them into an open file."""

_PATIENCE = 20
"""How often to retry, every 20 ms, on Windows while another process reads the file."""
_NAME = 40
"""How much of a file's name goes into its part file's name, which has to be shorter than 255 bytes."""
_A_DAY = 86400.0


def in_a_folder(path: str | os.PathLike[str]) -> Path:
    """Return the path. Raises FileNotFoundError, naming both as they were given, if its folder does not exist."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"cannot save {str(target)!r}: the folder {str(target.parent)!r} does not exist; create it first"
        )
    return target


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_as(path: str | os.PathLike[str], thing: T, writers: Mapping[str, Callable[[T], bytes]]) -> Path:
    """Write a thing as the suffix of the path says, whole or not at all, and return the path.

    writers: for each suffix, such as ".svg", what makes the content.

    Raises ValueError for another suffix, FileNotFoundError if the folder does not exist, and what ``write_whole`` and
    the writer raise.
    """
    target = Path(path)
    write = writers.get(target.suffix.lower())
    if write is None:
        raise ValueError(f"save() writes {', '.join(sorted(writers))} files: {target.name!r} ends in none of these")
    write_whole(in_a_folder(target), write(thing))
    return target


def write_whole(path: str | os.PathLike[str], content: Content, *, new: bool = False) -> None:
    """Write a file whole: a crash leaves the old file or the new one, never a part.

    The content goes to a part file beside the path, which then replaces the old file. Links are followed, and the file
    keeps its permissions. Each call has its own part file, so any number of threads and processes may write one path;
    the last one wins. Part files left by killed writers are removed.

    path: the file to write.
    content: bytes, or a function that writes them into an open file.
    new: only write if there is no file yet.

    Raises OSError, naming the path, if it cannot be written, is write-protected or is not a file (a folder, device,
    FIFO or socket), and FileExistsError if ``new`` is set and the file exists. The old file then stays, and nothing is
    left beside it.

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
            if sys.platform == "win32":  # cannot rename an open file; elsewhere it stays locked until it is renamed
                file.close()
            _put(part, target, new)
        _sync_folder(target.parent)
    except OSError as error:
        is_of_it = error.filename in (None, os.fspath(target)) or str(error.filename).endswith(".part")
        if error.errno is None or not is_of_it:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None  # the path given, not the part's


def _before(path: str | os.PathLike[str], target: Path, new: bool) -> os.stat_result | None:
    """Return the status of the file to be replaced. Raises OSError if it is not a file, or is write-protected."""
    if new and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "the file already exists", os.fspath(path))
    try:
        before = os.lstat(target)
    except FileNotFoundError:
        return None
    refuse_no_file(before, path)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected", os.fspath(path))
    return before


_being_written: set[str] = set()
"""The part files of this process: on some network file systems a lock keeps out processes, but not threads."""


@contextlib.contextmanager
def _part_of(target: Path, before: os.stat_result | None) -> Iterator[tuple[BinaryIO, str]]:
    """Open a new part file beside the target, locked so that nobody removes it. Gives the file and its name."""
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
    raise OSError(errno.EAGAIN, "another process keeps removing the part file", os.fspath(target))


def _created(part: str, before: os.stat_result | None) -> int:
    """Create a new file with the owner and permissions of the file it will replace. Links are not followed."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    mode = 0o666 if before is None else stat.S_IMODE(before.st_mode) & 0o777
    number = os.open(part, flags, mode)
    if before is not None and sys.platform not in ("win32", "emscripten"):  # where files have no owners
        with contextlib.suppress(OSError):  # only root gives files away
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(number, before.st_uid, before.st_gid)
        with contextlib.suppress(OSError):  # a file system may have no permissions
            os.fchmod(number, mode)
    return number


def _put(part: str, target: Path, new: bool) -> None:
    """Rename the part file to the target's name."""
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
    if sys.platform == "win32":  # os.rename never replaces a file there
        os.rename(part, target)
        return
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "the file already exists", os.fspath(target)) from None
        os.replace(part, target)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system supports that."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(number)
            finally:
                os.close(number)


def _sweep(target: Path) -> None:
    """Remove the target's part files whose writers are dead: those that nobody has locked."""
    ours = re.compile(rf"\.{re.escape(target.name[:_NAME])}\.[0-9a-f]{{16}}\.part")
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        parts = [entry.path for entry in entries if ours.fullmatch(entry.name)]
        for part in set(parts) - _being_written:
            with contextlib.suppress(OSError):
                _remove_if_dead(part)


def _remove_if_dead(part: str) -> None:
    if sys.platform == "win32":  # Windows cannot remove an open file
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
    """Open a file for reading. Raises OSError, naming the path, if it is not a file; a FIFO does not block.

    >>> opened(".")
    Traceback (most recent call last):
    IsADirectoryError: [Errno 21] a folder, not a file: '.'
    """
    if os.path.isdir(path):  # Windows cannot open a folder
        raise IsADirectoryError(errno.EISDIR, "a folder, not a file", os.fspath(path))
    file = open(path, "rb", opener=_open_to_read)  # noqa: SIM115  (closes its descriptor, whenever Ctrl-C comes)
    try:
        refuse_no_file(os.fstat(file.fileno()), path)
    except BaseException:
        file.close()
        raise
    return file


def _open_to_read(path: str, _: int) -> int:
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def read_whole(path: str | os.PathLike[str], most: int) -> bytes:
    """Read a file's bytes. Raises OSError, naming the path, if it is not a file or has more than ``most`` bytes."""
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"the file has more than {most:,} bytes", os.fspath(path))
    return content
