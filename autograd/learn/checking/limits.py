"""A time limit and a depth limit for code that is run in this process."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import CodeType

from autograd.learn.exercises.probes import NOT_OWN
from autograd.util.deep_graphs import DEPTH, keep_error

__all__ = ["TimeIsUp", "depth_limited", "limited"]

_TOOLS = (4, 3)
"""The ids of ``sys.monitoring`` that no kind of tool has for itself; two, as a limit may be inside another."""


class TimeIsUp(BaseException):
    """Not an Exception, which the code may catch."""


@contextlib.contextmanager
def limited(seconds: float, *, of_processor: bool = False) -> Iterator[None]:
    """Raise TimeIsUp after the seconds, where that can be; and RecursionError as early as in a fresh Python.

    Anything is ended by a timer, in the main thread and not on Windows or in a browser. Elsewhere, from Python 3.12 on,
    a loop or a call of the limited code is, but not one long step in a library. of_processor: count the time in which
    the process runs, where there is a timer, so that a busy machine ends nothing.
    """
    has_alarm = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    try:
        with depth_limited(), _alarm(seconds, of_processor) if has_alarm else _watch(seconds):
            yield
    except TimeIsUp as error:
        keep_error(error)
        raise


@contextlib.contextmanager
def depth_limited() -> Iterator[None]:
    """Raise RecursionError as early as in a fresh Python."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(sum(1 for _ in traceback.walk_stack(sys._getframe())) + DEPTH)
    try:
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


@contextlib.contextmanager
def _watch(seconds: float) -> Iterator[None]:
    """Look at the clock whenever a loop goes round or a function begins, which costs half a microsecond."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    tool = next((n for n in _TOOLS if not monitoring.get_tool(n)), None) if monitoring else None
    if monitoring is None or tool is None:
        yield
        return
    own_thread, end = threading.get_ident(), time.perf_counter() + seconds

    def look(code: CodeType, *_: object) -> object:
        if code.co_filename.startswith(NOT_OWN):  # the code that ends the limit must not be ended by it
            return monitoring.DISABLE
        if time.perf_counter() > end and threading.get_ident() == own_thread:
            raise TimeIsUp
        return None

    events = monitoring.events.JUMP | monitoring.events.PY_START
    monitoring.use_tool_id(tool, "autograd.learn")
    for event in (monitoring.events.JUMP, monitoring.events.PY_START):
        monitoring.register_callback(tool, event, look)
    monitoring.set_events(tool, events)
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
