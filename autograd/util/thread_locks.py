"""Locks that a fork cannot leave taken."""

from __future__ import annotations

import _thread
import os
import sys
import weakref
from typing import Any

__all__ = ["new_lock"]

_locks: weakref.WeakSet[Any] = weakref.WeakSet()


class _Lock(_thread.RLock):  # type: ignore[misc]  # final for the type checker alone
    """A lock that Ctrl-C does not leave taken.

    From Python 3.14 on ``with`` calls ``__enter__`` as any function is called, and after a call Ctrl-C is looked for:
    the lock was taken, and the block that would release it not entered yet.
    """

    if sys.version_info >= (3, 14):

        def __enter__(self) -> bool:
            try:
                return self.acquire()
            except BaseException:
                if self._is_owned():  # a thread that held it before has taken it once more: that does not wait
                    self.release()
                raise


def new_lock() -> Any:
    """A lock that one thread may take several times, and that is free in the child of a fork, whoever holds it here."""
    lock = _Lock()
    _locks.add(lock)
    return lock


def _free_in_child_of_fork() -> None:
    """Only the thread that forked lives on in the child: what other threads held is free."""
    for lock in _locks:
        lock._at_fork_reinit()  # as the standard library does with its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_in_child_of_fork)
