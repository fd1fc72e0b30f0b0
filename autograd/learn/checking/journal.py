"""A search in a process of its own, which goes on where it was when a trial ends that process, or never ends.

An edit of a learner's code may loop in C, where no signal is heard, or recurse until Python itself ends. So the results
of trials are written down as they come. A process that hangs in a trial is ended, and the next one, forked from the
same state, is told the results so far instead of trying again; the trial it hung in has failed.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

__all__ = ["Journal", "resumed"]

T = TypeVar("T", str, tuple[int, int])
Message = dict[str, Any]
Task = Callable[["Journal"], Iterator[Message]]
POLL = 0.005  # seconds between two looks at the journal; a trial takes one to five thousandths
BEGUN, SAID = "?", "!"


class Journal:
    """The results of the trials of a search, in order, in a file that outlives its process; without one, nowhere."""

    def __init__(self, file: int | None = None) -> None:
        self._file, self._is_in_trial = file, False
        lines = _lines(file) if file is not None else []
        self._known = [json.loads(line[1:]) for line in lines if line[0] == BEGUN]
        self._said = sum(line[0] == SAID for line in lines)
        self._known.reverse()

    def result(self, trial: Callable[[], T], failed: T) -> T:
        """What a trial gives: as it is written down, or failed, where that ended the process; else it is tried now."""
        if self._file is None or self._is_in_trial:
            return trial()
        if self._known:
            known = self._known.pop()
            return failed if known is None else cast("T", tuple(known) if isinstance(known, list) else known)
        os.write(self._file, BEGUN.encode())
        self._is_in_trial, text = True, "null"
        try:
            result = trial()
            text = json.dumps(result)
        finally:
            os.write(self._file, f"{text}\n".encode())
            self._is_in_trial = False
        return result

    def say(self, message: Message) -> None:
        """Write a message down, unless a process before this one has."""
        if self._said:
            self._said -= 1
        elif self._file is not None:
            os.write(self._file, f"{SAID}{json.dumps(message)}\n".encode())


def resumed(task: Task, patience: float, end: float, *, forks: bool = True) -> Iterator[Message]:
    """The messages of a task, as they come, until it is done or at the end, a time of ``time.perf_counter``.

    patience: the seconds that a trial may take. Where no process can be forked, or none should, the task runs here.
    """
    if not (forks and hasattr(os, "fork")):
        yield from task(Journal())
        return
    with tempfile.TemporaryFile(buffering=0) as stream:
        file, count = stream.fileno(), 0
        while time.perf_counter() < end:
            for messages in _watched(_forked(task, file), file, patience, end):
                yield from messages[count:]
                count = max(count, len(messages))
            if not _tail(file).endswith(BEGUN):
                return
            os.write(file, b"null\n")


def _forked(task: Task, file: int) -> int:
    """The id of a new process that does the task."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the only other thread is faulthandler's
        child = os.fork()
    if child == 0:
        try:
            journal = Journal(file)
            for message in task(journal):
                journal.say(message)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    return child


def _watched(child: int, file: int, patience: float, end: float) -> Iterator[list[Message]]:
    """All messages so far, again and again until the process ends, which it does where a trial takes too long."""
    size, since = -1, time.perf_counter()
    while True:
        has_ended = os.waitpid(child, os.WNOHANG)[0] != 0
        now, before, size = time.perf_counter(), size, os.fstat(file).st_size
        if size != before:
            since = now
            yield [json.loads(line[1:]) for line in _lines(file) if line[0] == SAID]
        if has_ended:
            return
        if now > end or (now - since > patience and _tail(file).endswith(BEGUN)):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(POLL)


def _lines(file: int) -> list[str]:
    """The lines that are complete."""
    text = os.pread(file, os.fstat(file).st_size, 0).decode()
    return [line for line in text.split("\n")[:-1] if line]


def _tail(file: int) -> str:
    """The last character; "" of an empty file."""
    size = os.fstat(file).st_size
    return os.pread(file, 1, size - 1).decode() if size else ""
