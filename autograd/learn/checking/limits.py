"""A time limit and a depth limit for code that is run in this process."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import traceback
from collections.abc import Iterator

__all__ = ["TimeIsUp", "limited"]

DEPTH = 1000  # Python's own limit, counted from here and not from the depth that a kernel has reached


class TimeIsUp(BaseException):
    """Not an Exception, which the code may catch."""


@contextlib.contextmanager
def limited(seconds: float, *, of_processor: bool = False) -> Iterator[None]:
    """Raise TimeIsUp after the seconds, where that can be; and RecursionError as early as in a fresh Python.

    An endless loop can be ended in the main thread, and not on Windows. of_processor: count the time in which the
    process runs, so that a busy machine ends nothing.
    """
    has_alarm = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(sum(1 for _ in traceback.walk_stack(sys._getframe())) + DEPTH)
    try:
        with _alarm(seconds, of_processor) if has_alarm else contextlib.nullcontext():
            yield
    finally:
        sys.setrecursionlimit(before)


@contextlib.contextmanager
def _alarm(seconds: float, of_processor: bool) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeIsUp

    timer, number = (signal.ITIMER_PROF, signal.SIGPROF) if of_processor else (signal.ITIMER_REAL, signal.SIGALRM)
    handler = signal.signal(number, stop)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, handler)
