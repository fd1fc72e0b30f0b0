"""File locks: one thread or process at a time may use a file."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import stat
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograd.util.thread_locks import new_lock

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    fcntl: Any = None
else:
    try:
        import fcntl
    except ImportError:  # a browser
        fcntl = None  # type: ignore[assignment]

__all__ = ["InUseError", "flock", "locked", "refuse_no_file"]

_UNLOCKABLE = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}
"""The error numbers of a file system without locks."""
_LOCKED_BYTE = 1 << 30
"""The locked byte of a lock file, far beyond the content: on Windows nobody can read locked bytes."""

_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFLNK: "a link to itself"}


def refuse_no_file(status: os.stat_result, path: str | os.PathLike[str]) -> None:
    """Raise OSError unless the path is a file. The error names the path and its kind."""
    if not stat.S_ISREG(status.st_mode):
        code = errno.EISDIR if stat.S_ISDIR(status.st_mode) else errno.EINVAL
        raise OSError(code, f"{_KINDS.get(stat.S_IFMT(status.st_mode), 'a device')}, not a file", os.fspath(path))


def flock(number: int) -> bool | None:
    """Lock an open file without waiting: False if another process has it, None if the file system has no locks."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNLOCKABLE:
            raise
        return None
    return True


class InUseError(OSError):
    """Another thread or process is using the file.

    process: its number; 0 if unknown.
    """

    def __init__(self, path: str | os.PathLike[str], process: int) -> None:
        super().__init__(errno.EBUSY, f"in use by process {process or '?'}", os.fspath(path))
        self.process = process


class _Claim:
    """The hold on a lock file. If Ctrl-C ends the block halfway, it ends with the last reference to this object."""

    file: io.FileIO | None = None


_held: dict[str, weakref.ref[_Claim]] = {}
_one_claim_at_a_time = new_lock()
"""The lock files of this process. (The system's locks belong to processes, not to threads.)"""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_held.clear)


@contextlib.contextmanager
def locked(path: str | os.PathLike[str], wait: float = 0.0) -> Iterator[bool]:
    """Lock a path for this block. No other block, in this or another process, enters until this one ends.

    The lock is on a file beside the path (links are followed). It belongs to the process and ends with it, however it
    ends; child processes do not inherit it. The block receives False if the file system has no locks: then nobody is
    kept out.

    path: the file to lock.
    wait: how many seconds to wait for another block to end.

    Raises InUseError, with the other process's number, and OSError, naming the path, if the lock file cannot be made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(f"{folder}/a.txt"), locked(f"{folder}/a.txt"):
    ...     pass  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.util.file_locks.InUseError: [Errno 16] in use by process ...: '.../a.txt'
    """
    target = Path(os.path.realpath(path))
    lock, claim, end = str(target.with_name(f".{target.name}.lock")), _Claim(), time.monotonic() + wait
    is_last = False
    while True:
        try:
            _claim(path, lock, claim)
            break
        except InUseError:
            if is_last:
                raise
            is_last = time.monotonic() >= end
            gc.collect() if is_last else time.sleep(0.01)  # Ctrl-C may have left the other claim in a cycle
    try:
        yield claim.file is not None
    finally:
        _release(lock, claim)


def _claim(path: str | os.PathLike[str], lock: str, claim: _Claim) -> None:
    """Open the lock file and lock it. Where locks do not exist, no file stays. Raises InUseError."""
    with _one_claim_at_a_time:
        if _held.get(lock, _nobody)() is not None:
            raise InUseError(path, os.getpid())
        _held[lock] = weakref.ref(claim)
    try:
        while True:
            claim.file = io.FileIO(lock, "r+", opener=_open_lock)
            number = claim.file.fileno()
            refuse_no_file(os.fstat(number), lock)
            is_locked = _lock(number, path)
            if is_locked and not _is_at(number, lock):  # its last owner has just removed it
                claim.file.close()
                continue
            os.ftruncate(number, 0)
            os.write(number, f"{os.getpid()}\n".encode())
            if not is_locked:
                claim.file.close()
                claim.file = None
                with contextlib.suppress(OSError):
                    os.unlink(lock)
            return
    except BaseException as error:
        if claim.file is not None:
            claim.file.close()
        del _held[lock]
        if isinstance(error, OSError) and not isinstance(error, InUseError):
            raise OSError(error.errno, f"{error.strerror}: the lock file cannot be made", os.fspath(path)) from None
        raise


def _nobody() -> None:
    return None


def _open_lock(lock: str, _: int) -> int:
    return os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _lock(number: int, path: str | os.PathLike[str]) -> bool:
    """Lock an open lock file; False if the file system has no locks. Raises InUseError if another process has it."""
    try:
        if sys.platform == "win32":
            os.lseek(number, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        elif fcntl is None:
            return False
        else:
            fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _LOCKED_BYTE)
    except OSError as error:
        if error.errno in _UNLOCKABLE:
            return False
        if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise
        os.lseek(number, 0, os.SEEK_SET)
        written = os.read(number, 20).strip()
        raise InUseError(path, int(written) if written.isdigit() else 0) from None
    os.lseek(number, 0, os.SEEK_SET)
    return True


def _is_at(number: int, lock: str) -> bool:
    """Whether the open file is still the one with this name."""
    try:
        return os.path.samestat(os.fstat(number), os.lstat(lock))
    except FileNotFoundError:
        return False


def _release(lock: str, claim: _Claim) -> None:
    if claim.file is not None and sys.platform == "win32":  # Windows cannot remove an open file
        claim.file.close()
    with contextlib.suppress(OSError):
        if claim.file is not None:
            os.unlink(lock)
    if claim.file is not None and sys.platform != "win32":
        claim.file.close()
    _held.pop(lock, None)
