"""Locks that a fork cannot leave taken."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

__all__ = ["new_lock"]

_locks: weakref.WeakSet[Any] = weakref.WeakSet()


def new_lock() -> Any:
    """A lock that one thread may take several times, and that is free in the child of a fork, whoever holds it here."""
    lock = threading.RLock()
    _locks.add(lock)
    return lock


def _free_in_child_of_fork() -> None:
    """Only the thread that forked lives on in the child: what other threads held is free."""
    for lock in _locks:
        lock._at_fork_reinit()  # as the standard library does with its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_in_child_of_fork)
