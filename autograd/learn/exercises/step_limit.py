"""A limit in steps: what runs on is ended after so many calls and lines, on every machine after the same."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Limited", "RunsOn"]

Trace = Callable[[FrameType, str, Any], Any]
"""What ``sys.settrace`` takes, as the standard library types it."""


class RunsOn(BaseException):
    """What is limited works on and on; not an Exception, which the limited code may catch."""


class Limited:
    """Within the block, calls and the lines of one file are counted; beyond the limit RunsOn is raised.

    most: the limit.
    file: the file whose lines are counted, as in ``code.co_filename``.

    >>> with Limited(100, "") as limited:
    ...     _ = abs(-1)
    >>> limited.calls < 10
    True
    """

    def __init__(self, most: int, file: str) -> None:
        self.most, self.file, self.calls = most, file, 0

    def __enter__(self) -> Limited:
        self.before = sys.getprofile(), sys.gettrace()
        sys.setprofile(self.count)
        sys.settrace(self.called)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        profile, trace = self.before
        sys.setprofile(profile)
        sys.settrace(trace)

    def count(self, *_: object) -> None:
        """Called at each call and each return."""
        self.calls += 1
        if self.calls > self.most:
            raise RunsOn

    def called(self, frame: FrameType, *_: object) -> Trace | None:
        """Called at each call; the lines of the file are counted, as a loop in it may call nothing."""
        return self.line if frame.f_code.co_filename == self.file else None

    def line(self, frame: FrameType, event: str, _: object) -> Trace:
        """Called at each line."""
        if event == "line":
            self.count()
        return self.line
