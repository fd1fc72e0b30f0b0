"""Runs a learner's code in this process: where there are no others, as in a browser.

Nothing keeps that code apart: what it changes in a module of Python stays changed. It is stopped where ``limited`` can.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from autograd.learn.checking import graphs, process, worker
from autograd.learn.checking import search as searches
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.checking.process import Answer, Found
from autograd.learn.exercises import exercise as exercises
from autograd.learn.exercises import probes
from autograd.learn.exercises.exercise import Exercise, modules_in_place
from autograd.learn.exercises.probes import Outcome, failed

__all__ = ["run", "search"]


def run(
    exercise: Exercise,
    files: Mapping[str, tuple[str, str]],
    folder: Path,
    seconds: float,
    meanwhile: Callable[[], object] = lambda: None,
) -> Answer:
    """What the files give."""
    meanwhile()
    messages: list[dict[str, Any]] = []
    ended, line = "", Outcome()

    def send(**message: object) -> None:
        messages.append(message)

    try:
        with modules_in_place(), _printed(send), limited(seconds):
            worker.run_files(exercise, files, send, exercises, probes, graphs)
        send(done=True)
    except TimeIsUp as error:
        ended, line = "timeout", failed(error)
    except BaseException as error:  # as KeyboardInterrupt, raised by the learner's code
        ended, line = "died", failed(error)
    return process.answer(messages, ended, lambda: Outcome(file=line.file, line=line.line))


def search(
    exercise: Exercise,
    files: Mapping[str, tuple[str, str]],
    folder: Path,
    wanted: Collection[str],
    wrong: Collection[str],
    seconds: float,
    meanwhile: Callable[[], object] = lambda: None,
) -> Found:
    """Where the mistake is, and what mends it, as far as the time suffices."""
    meanwhile()
    messages: list[dict[str, Any]] = []

    def send(**message: object) -> None:
        messages.append(message)

    with (
        modules_in_place(),
        warnings.catch_warnings(),
        _printed(lambda **_: None),
        contextlib.suppress(Exception, SystemExit, TimeIsUp),
    ):
        searches.search(exercise, files, list(wanted), list(wrong), seconds, send, forks=False)
    return process.found(messages)


@contextlib.contextmanager
def _printed(send: Callable[..., None]) -> Any:
    """Send what is printed in the block."""
    output = worker.Printed(send)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        yield
