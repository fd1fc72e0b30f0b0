"""Runs a learner's code in a process of its own, and reads what came back."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from autograd.learn.checking.graphs import Node
from autograd.learn.checking.locate import Location
from autograd.learn.checking.repair import Repair
from autograd.learn.exercises.exercise import FOLDER, Exercise
from autograd.learn.exercises.probes import Outcome

__all__ = ["TO_START", "Answer", "Found", "Runner", "answer", "found", "run", "search"]

TO_START = 0.3  # seconds, beside those of a search, which ends then whatever it does
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class Answer:
    """What a run of a learner's code gave: the outcomes of the probes, and how it ended if it did not reach the last.

    ended: "" after the last probe, "failed" where a file could not be run, "timeout", or "died". located_in: the
    exercise whose file that was. defined: the names in the file of the exercise.
    """

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    graphs: Mapping[str, list[Node]] = field(default_factory=dict)
    defined: tuple[str, ...] = ()
    printed: str = ""
    ended: str = ""
    located_in: str = ""
    error: Outcome | None = None
    table: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a search gave: the places of the mistake, and what mends it.

    alone: for each of several places what the probes give with the reference in the others. changes: the function that
    changes an argument in a probe that is wrong, and in the reference does not; "" where there is none, None where that
    was not looked for. shared: the variable that the calls of the function share, and that matters in a wrong probe; ""
    where there is none.
    """

    places: tuple[Location, ...] = ()
    alone: tuple[Mapping[str, Outcome], ...] = ()
    repairs: tuple[Repair, ...] = ()
    changes: str | None = None
    shared: str = ""


class Runner(Protocol):
    """Runs a learner's code: this module, in a process of its own, or ``in_process``."""

    def run(
        self,
        exercise: Exercise,
        files: Mapping[str, tuple[str, str]],
        folder: Path,
        seconds: float,
        meanwhile: Callable[[], object],
    ) -> Answer:
        """What the files give."""

    def search(
        self,
        exercise: Exercise,
        files: Mapping[str, tuple[str, str]],
        folder: Path,
        wanted: Collection[str],
        wrong: Collection[str],
        seconds: float,
        meanwhile: Callable[[], object],
    ) -> Found:
        """Where the mistake is, and what mends it."""


def run(
    exercise: Exercise,
    files: Mapping[str, tuple[str, str]],
    folder: Path,
    seconds: float,
    meanwhile: Callable[[], object] = lambda: None,
) -> Answer:
    """What a process of its own tells about the files; it and all it has started is ended after the seconds.

    meanwhile: what is to be done in this process while that one runs.
    """
    output, errors, ended = _told(_request(exercise, files, folder, seconds), meanwhile)
    return answer(_messages(output), ended, lambda: _last_line(errors, files))


def search(
    exercise: Exercise,
    files: Mapping[str, tuple[str, str]],
    folder: Path,
    wanted: Collection[str],
    wrong: Collection[str],
    seconds: float,
    meanwhile: Callable[[], object] = lambda: None,
) -> Found:
    """Where the mistake is, and what mends it, as far as a process of its own gets in the time.

    wanted: the probes that are to be right. wrong: those of them that are not.
    """
    request = _request(exercise, files, folder, seconds + TO_START)
    request |= {"wanted": list(wanted), "wrong": list(wrong), "for_search": seconds}
    output, _, _ = _told(request, meanwhile)
    return found(_messages(output))


def found(messages: Iterable[Mapping[str, Any]]) -> Found:
    """What a search has found, of the messages that it sent."""
    messages = list(messages)
    places = [Location(**place) for message in messages for place in message.get("places", ())]
    repairs = [Repair(**message["repair"]) for message in messages if "repair" in message]
    if len(places) > 1:  # one for each, in the order of the file
        repairs.sort(key=lambda repair: (repair.exercise, repair.line))
    only = next((repair for repair in repairs if repair.alone), None)
    if only:
        known = [place for place in places if (place.exercise, place.function) == (only.exercise, only.function)]
        places = known or [Location(only.exercise, only.function, only.line)]
    alone = [json.loads(text) for message in messages for text in message.get("alone", ())]
    return Found(
        tuple(places),
        tuple({name: Outcome.from_dict(outcome) for name, outcome in vector.items()} for vector in alone),
        tuple(repairs),
        next((message["changes"] for message in messages if "changes" in message), None),
        next((message["shared"] for message in messages if "shared" in message), ""),
    )


def _request(
    exercise: Exercise, files: Mapping[str, tuple[str, str]], folder: Path, seconds: float
) -> dict[str, object]:
    package = str(Path(__file__).parents[3])
    here = {"", package, str(folder), str(folder.absolute()), os.getcwd()}
    return {
        "exercise": exercise.name,
        "files": files,
        "seconds": seconds,
        "path": [path for path in sys.path if path not in here] + [package, str(folder.absolute())],
        "protected": [str(folder.absolute()), str(FOLDER.parent)],
    }


def _told(request: Mapping[str, Any], meanwhile: Callable[[], object]) -> tuple[str, str, str]:
    """The output and the errors of a process that answers the request, and "timeout" where it was ended."""
    end = time.perf_counter() + request["seconds"]
    with tempfile.TemporaryDirectory(prefix="autograd-learn-", ignore_cleanup_errors=True) as working_folder:
        process = _started(working_folder)
        try:
            with contextlib.suppress(OSError):
                process.stdin.write(json.dumps(request).encode())  # type: ignore[union-attr]
                process.stdin.close()  # type: ignore[union-attr]
            process.stdin = None
            meanwhile()
            output, errors = process.communicate(timeout=max(0.0, end - time.perf_counter()))
            ended = ""
        except subprocess.TimeoutExpired:
            _end(process)
            output, errors = process.communicate()
            ended = "timeout"
        finally:
            _end(process)
    return output.decode(), errors.decode(errors="replace"), ended


def _started(folder: str) -> subprocess.Popen[bytes]:
    own_group: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    command = [sys.executable, "-I", "-B", str(Path(__file__).with_name("worker.py"))]
    pipe = subprocess.PIPE
    environment = os.environ | dict.fromkeys(_ONE_THREAD, "1")
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment, **own_group)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it has started."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
            process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _messages(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.endswith("}")]


def answer(messages: Sequence[Mapping[str, Any]], ended: str, last_line: Callable[[], Outcome]) -> Answer:
    """The answer that a run gave, of the messages that it sent.

    ended: how, if it did not reach its end; "" where that is not known. last_line: the line that was being run then.
    """
    probes = [message for message in messages if "probe" in message]
    outcomes = {probe["probe"]: Outcome.from_dict(probe["outcome"]) for probe in probes}
    graphs = {probe["probe"]: [Node.from_dict(node) for node in probe["graph"]] for probe in probes}
    printed = "".join(message.get("printed", "") for message in messages)
    facts = {key: value for message in messages for key, value in message.items()}
    answer = Answer(outcomes, graphs, tuple(facts.get("defined", ())), printed, table=tuple(facts.get("table", ())))
    if "failed" in facts:  # the last message, with an outcome of its own
        error = Outcome.from_dict(facts["outcome"])
        return replace(answer, ended="failed", located_in=facts["failed"], error=error)
    if "done" not in facts:
        return replace(answer, ended=ended or "died", error=last_line())
    return answer


def _last_line(errors: str, files: Mapping[str, tuple[str, str]]) -> Outcome:
    """The line of the learner's that was being run, from what faulthandler wrote."""
    own = {path for _, path in files.values()}
    for path, line in re.findall(r'File "(.*)", line (\d+)', errors):
        if path in own:
            return Outcome(file=path, line=int(line))
    return Outcome()
