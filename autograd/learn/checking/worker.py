"""Runs a learner's files in a process of its own and prints what came out, one JSON line for each probe as it ends.

Started by ``process.py`` as ``python -I -B worker.py`` with a request on its standard input. It imports the exercises
without the engine, whose NumPy takes longer than a check; what the learner imports is found as anywhere else. Asked to
search, it prints where the mistake is and what mends it, each as soon as that is known.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

MOST_PRINTED = 4_000  # characters; a report shows a few lines
DEEPEST = 10_000  # calls, whatever limit the code sets; far deeper ends Python itself
GIGABYTES = 4  # of address space, of which NumPy takes a part; a list without end is stopped before the machine swaps


class Printed(io.TextIOBase):
    """What the learner's code prints: passed on at once, and no more of it than can be shown."""

    def __init__(self, send: Callable[..., None]) -> None:
        self.pass_on, self.room = send, MOST_PRINTED

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Pass it on, as far as there is room."""
        if self.room > 0:
            self.pass_on(printed=str(text)[: self.room])
            self.room -= len(text)
        return len(text)


def main() -> None:
    """Read the request; run the files and then the probes, or search for the mistake in them."""
    request = json.load(sys.stdin)
    send = _connected(request["seconds"])
    exercises, probes, task = _machinery("search" if "wanted" in request else "graphs")
    sys.path[:] = request["path"]
    sys.meta_path.append(exercises.Solutions())  # after the learner's own files
    _limit(request["seconds"])
    _protect(request["protected"])
    exercise = exercises.Exercise(request["exercise"])
    if "wanted" in request:
        task.search(exercise, request["files"], request["wanted"], request["wrong"], request["for_search"], send)
    else:
        run_files(exercise, request["files"], send, exercises, probes, task)
    send(done=True)


def run_files(
    exercise: Any,
    files: Mapping[str, tuple[str, str]],
    send: Callable[..., None],
    exercises: ModuleType,
    probes: ModuleType,
    graphs: ModuleType,
) -> None:
    """Send what each probe gives, or the error of a file."""
    parts = [*exercise.needs, exercise]
    for part in parts:
        source, path = files.get(part.name) or (part.source(), f"<{part.name}>")
        try:
            exercises.load_module(part.name, source, path)
        except (Exception, SystemExit) as error:
            send(failed=part.name, outcome=probes.failed(error).to_dict())
            return
    send(defined=[name for name in vars(sys.modules[exercise.name]) if not name.startswith("_")])
    namespace = exercise.seen([sys.modules[part.name] for part in parts])
    for name, source in exercise.probes.items():
        outcome, graph = graphs.outcome_and_graph(source, namespace)
        send(probe=name, outcome=outcome.to_dict(), graph=[node.to_dict() for node in graph])
    if lines := table(exercise, namespace):
        send(table=lines)


def table(exercise: Any, namespace: Mapping[str, object]) -> list[str]:
    """The lines that an exercise shows when it has passed; none where they cannot be made."""
    with contextlib.suppress(Exception, SystemExit):
        return [str(line) for line in eval(getattr(exercise.check, "REPORT", "()"), dict(namespace))]
    return []


def _connected(seconds: float) -> Callable[..., None]:
    """A way to the parent that the learner's code does not have: what it writes goes to ``Printed``, or nowhere."""
    channel = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    trouble = os.fdopen(os.dup(2), "w", encoding="ascii", errors="replace")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    faulthandler.enable(trouble)
    faulthandler.dump_traceback_later(0.9 * seconds, file=trouble)  # before the parent ends this process

    def send(**message: object) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stderr = Printed(send)
    return send


def _machinery(task: str) -> tuple[ModuleType, ModuleType, ModuleType]:
    """``autograd.learn`` without ``autograd``: its name leads to the folder alone, until these modules are imported.

    task: the third of them, "graphs" or "search".
    """
    stub = sys.modules["autograd"] = ModuleType("autograd")
    stub.__path__ = [str(Path(__file__).resolve().parents[2])]
    from autograd.learn.exercises import exercise, probes

    third = importlib.import_module(f"autograd.learn.checking.{task}")
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograd"]:
        del sys.modules[name]
    return exercise, probes, third


def _limit(seconds: float) -> None:
    """No endless recursion with a raised limit, no memory without end, no core file, no life without the parent."""
    raise_limit = sys.setrecursionlimit
    sys.setrecursionlimit = lambda limit: raise_limit(min(limit, DEEPEST))
    with contextlib.suppress(ImportError, ValueError, OSError):  # there is no such module on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # the parent's clock is first; this is for when the parent is gone, and counts all processors
        resource.setrlimit(resource.RLIMIT_CPU, (4 * int(seconds + 1), 5 * int(seconds + 1)))
        resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))


def _protect(folders: list[str]) -> None:
    """Refuse to write or remove in these folders, where the learner's files are, and to use a network."""
    changes = {"os.remove", "os.rename", "os.rmdir", "os.truncate", "shutil.rmtree", "shutil.move"}
    networking = {"socket.connect", "socket.bind", "socket.getaddrinfo"}
    protected = tuple(os.path.abspath(folder) for folder in folders)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            paths = arguments[:1] if arguments[2] & (os.O_WRONLY | os.O_RDWR) else ()
        elif event in networking:
            raise PermissionError("an exercise needs no network")
        else:
            paths = arguments[:2] if event in changes else ()
        for path in paths:
            if isinstance(path, (str, bytes, os.PathLike)) and os.path.abspath(os.fsdecode(path)).startswith(protected):
                raise PermissionError("while it is checked, an exercise changes no files in its folder")

    sys.addaudithook(hook)


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        traceback.print_exc()
    os._exit(0)  # threads that the learner left running do not hold it up
