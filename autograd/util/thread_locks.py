"""Locks that are free in the child of a fork."""

from __future__ import annotations

import _thread
import os
import sys
import weakref
from typing import Any

__all__ = ["new_lock"]

_locks: weakref.WeakSet[Any] = weakref.WeakSet()


class _Lock(_thread.RLock):  # type: ignore[misc]  # final for the type checker alone
    """A lock that is not left locked after Ctrl-C.

    From Python 3.14 on, ``with`` calls ``__enter__`` like any function, and Python checks for Ctrl-C after the call. At
    that moment the lock is taken, but the block that would release it has not begun.
    """

    if sys.version_info >= (3, 14):

        def __enter__(self) -> bool:
            try:
                return self.acquire()
            except BaseException:
                if self._is_owned():  # also if this thread held it before: taking it again does not wait
                    self.release()
                raise


def new_lock() -> Any:
    """Make a lock that one thread may take several times and that is always free in the child of a fork."""
    lock = _Lock()
    _locks.add(lock)
    return lock


def _free_in_child_of_fork() -> None:
    """Free the locks of other threads: only the thread that forked lives on in the child."""
    for lock in _locks:
        lock._at_fork_reinit()  # as the standard library does with its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_in_child_of_fork)
