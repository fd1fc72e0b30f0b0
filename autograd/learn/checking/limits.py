"""A time limit and a depth limit for code that is run in this process."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

__all__ = ["TimeIsUp", "can_limit", "limited"]

DEPTH = 1000  # Python's own limit, counted from here and not from the depth that a kernel has reached


class TimeIsUp(BaseException):
    """Not an Exception, which the code may catch."""


def can_limit() -> bool:
    """Whether an endless loop can be ended: in the main thread, and not on Windows."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeIsUp after the seconds, where that can be; and RecursionError as early as in a fresh Python."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(_depth() + DEPTH)
    try:
        if can_limit():
            with _alarm(seconds):
                yield
        else:
            yield
    finally:
        sys.setrecursionlimit(before)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeIsUp

    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _depth() -> int:
    depth, frame = 0, sys._getframe()
    while frame.f_back:
        depth, frame = depth + 1, frame.f_back
    return depth
