"""The attacks: what is promised, how it is attacked, and how often. The tests and the page go through this table."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attacks import (
    archives,
    checkpoints,
    concurrency,
    endurance,
    files,
    interpreters,
    progress,
    signals,
    strangers,
    trainings,
)  # fmt: skip
from attacks.files import Outcome

__all__ = ["ATTACKS", "Attack"]


@dataclass(frozen=True)
class Attack:
    """One row. act: takes a fresh folder if it wants one, and the counts."""

    about: str
    promise: str
    how: str
    act: Callable[..., Outcome]
    quick: dict[str, Any] = field(default_factory=dict)
    full: dict[str, Any] = field(default_factory=dict)
    long: dict[str, Any] = field(default_factory=dict)
    """The counts of the long tests, where those of ``full`` take ten seconds or more."""
    by_default: bool = True
    """Whether the default tests run the quick one; else they have it among their own."""

    @property
    def name(self) -> str:
        """file.function, and what tells it from other rows of the same function."""
        module = self.act.__module__.removeprefix("attacks.")
        return " ".join([f"{module}.{self.act.__name__}", *(str(x) for x in self.full.values() if isinstance(x, str))])

    def run(self, folder: Path, counts: dict[str, Any]) -> Outcome:
        """Attack this often: ``quick``, ``full``, or ``full | long``."""
        wants_folder = "folder" in self.act.__code__.co_varnames[: self.act.__code__.co_argcount]
        return self.act(folder, **counts) if wants_folder else self.act(**counts)


def _kinds(
    about: str,
    promise: str,
    how: str,
    act: Callable[..., Outcome],
    *kinds: str,
    long: dict[str, Any] | None = None,
    **full: Any,
) -> list[Attack]:
    quick = {"saves": 2} if "saves" in full else {}
    return [
        Attack(about, promise, f"{how}: {kind}", act, {"kind": kind, **quick}, {"kind": kind, **full}, long or {},
               by_default=False)
        for kind in kinds
    ]  # fmt: skip


INTERRUPTS, FORKS, THREADS, CONTEXTS = "Ctrl-C", "Forks", "Threads", "Contexts"
FILES, ELSEWHERE, TEXT, PYTHONS, SIZE = "Files", "Files from elsewhere", "Text of strangers", "Interpreters", "Size"
_DONE = "done or undone, however often it is pressed"

ATTACKS = [
    Attack(INTERRUPTS, f"backward() is {_DONE}", "signals at random moments, up to 20 a pass",
           signals.passes, {"count": 40}, {"count": 2000}),
    Attack(INTERRUPTS, "a recording changes no gradient, and the next one is right", "the same while compile records",
           signals.recordings, {"count": 10}, {"count": 500}),
    Attack(INTERRUPTS, f"value_and_grad(…, write=True) is {_DONE}", "the same", signals.writes,
           {"count": 40}, {"count": 1000}),
    Attack(INTERRUPTS, f"optimizer.step() is {_DONE}: parameters, momentum, count", "the same, five optimizers",
           signals.steps, {"count": 40}, {"count": 1000}),
    Attack(INTERRUPTS, f"Module.load is {_DONE}", "the same", signals.loads, {"count": 20}, {"count": 500}),
    Attack(INTERRUPTS, "no_grad() ends with its block", "the same, entering and leaving", signals.blocks,
           {"count": 50}, {"count": 2000}),
    Attack(INTERRUPTS, "fit with a checkpoint, resumed, ends where it ends without Ctrl-C, bit for bit",
           "SIGINT, once and in storms, then fit again", signals.trainings,
           {"count": 8}, {"count": 500}, {"count": 150}),
    Attack(FORKS, "a child of a process at work can work, and sees nothing half done",
           "os.fork from two threads, beside backward(), a program and a recording", concurrency.forks,
           {"count": 6}, {"count": 200}, {"count": 60}),
    Attack(FORKS, "fit with workers that fork ends where it ends with threads, bit for bit",
           "a pool of two forked processes, beside a thread in backward()", concurrency.forked_workers,
           {"count": 1}, {"count": 20}, {"count": 8}),
    Attack(THREADS, "who reads does not move who trains",
           "predict, compile, diagnose, draw and play, a thread each, beside an eager training", concurrency.readers,
           {"count": 1}, {"count": 16, "steps": 20}),
    Attack(THREADS, "trainings beside each other end where they end alone, bit for bit",
           "4 threads, eager and compiled; 8 at length", concurrency.trainings,
           {"count": 1}, {"count": 20, "threads": 8}),
    Attack(THREADS, "no gradient of a shared leaf is lost",
           "backward() and value_and_grad(…, write=True) in 4 threads, 20 times each", concurrency.shared_leaves,
           {"count": 1}, {"count": 100}),
    Attack(THREADS, "one compiled function serves many threads", "4 threads, batches of 12 sizes in any order",
           concurrency.one_program, {"count": 30}, {"count": 2500}),
    Attack(CONTEXTS, "no_grad() may be left in another context than it was entered in",
           "random entries and exits over copied contexts, in two threads and in asyncio", concurrency.contexts,
           {"count": 4}, {"count": 500}),
    Attack(FILES, "a file is whole under several threads", "4 threads on one path, 8 at length: bytes", files.threads,
           {"kind": "bytes"}, {"kind": "bytes", "writers": 8, "saves": 100}, by_default=False),
    *_kinds(FILES, "a file is whole under several threads", "8 threads on one path", files.threads,
            "checkpoint", "model", "picture", "page", writers=8, saves=50, long={"saves": 10}),
    Attack(FILES, "a file is whole under several processes", "4 processes on one checkpoint, read meanwhile",
           files.processes, {"writers": 2, "saves": 20}, {"writers": 4, "saves": 200}, by_default=False),
    *_kinds(FILES, "a killed writer stops nobody, and the next save clears what it left",
            "SIGKILL at a random moment of a save", files.kills, "checkpoint", "model", count=30, long={"count": 10}),
    *_kinds(FILES, "Ctrl-C leaves the old file or the new one", "a signal at a random moment of a save",
            files.interrupts, "bytes", "checkpoint", "model", count=2000, long={"count": 500}),
    *_kinds(FILES, "only files are written to", "a folder, FIFO, socket, device, circular and broken link, and links",
            files.special_files, "bytes", "checkpoint", "model", "picture", "page"),
    *_kinds(FILES, "links are followed, planted ones are not", "links as targets, and at the names of parts",
            files.links, "bytes", "checkpoint", "model"),
    *_kinds(FILES, "permissions stay", "five modes, two umasks", files.permissions, "bytes", "checkpoint", "model"),
    *_kinds(FILES, "a full disk leaves the old file, and the error names it", "full after 0, 1 and 50 bytes",
            files.full_disks, "bytes", "checkpoint", "model", "picture"),
    Attack(FILES, "a checkpoint has one training at a time", "a second in a thread, and through a link",
           trainings.two_trainings_in_threads, by_default=False),
    Attack(FILES, "a checkpoint has one training at a time", "a second process; SIGKILL of the first, then another",
           trainings.two_trainings, by_default=False),
    Attack(FILES, "trainings that die leave the checkpoint to the next", "processes on one checkpoint, a third killed",
           trainings.many_trainings, {"count": 4}, {"count": 16}, {"count": 8}, by_default=False),
    Attack(FILES, "a killed training goes on to the same numbers, bit for bit",
           "SIGKILL at random moments of fit, then fit again", trainings.killed,
           {"count": 3}, {"count": 50}, {"count": 15}, by_default=False),
    Attack(ELSEWHERE, "a checkpoint edited by hand is refused, with the field", "a table of edits",
           checkpoints.edit_checkpoints, by_default=False),
    *_kinds(ELSEWHERE, "an archive is looked at before it is read", "pickles, bombs, shapes of 10¹⁸, 1 GB of zeros",
            archives.crafted_npz, "model", "checkpoint"),
    *_kinds(ELSEWHERE, "damage anywhere is noticed", "a bit, a cut, zeros, a doubled stretch at random",
            archives.damaged_npz, "model", "checkpoint", count=3000),
    Attack(ELSEWHERE, "a model is what was saved", "a table of edits, nan and infinity among them",
           archives.edit_models, by_default=False),
    Attack(ELSEWHERE, "MNIST's archives are read as far as they announce", "256 MB behind a small header, and others",
           archives.crafted_idx, {"size": 1 << 24}, {}, by_default=False),
    Attack(ELSEWHERE, "a progress file of somebody else is harmless", "a table of contents and places, ten commands",
           progress.commands, {"run": (["list"],)}, {}, by_default=False),
    Attack(ELSEWHERE, "one learner stops no class, and computes nothing in its table", "the same, in one class",
           progress.classes, by_default=False),
    Attack(ELSEWHERE, "terminals lose no progress", "4 threads", progress.writers,
           {"changes": 5}, {}, by_default=False),
    Attack(TEXT, "no escape reaches a terminal, and no error is long",
           "escapes and a million characters as labels, names, keys, classes", strangers.text, by_default=False),
    Attack(PYTHONS, "options of Python change nothing", "-O, -OO, -I, -W error, -X dev", interpreters.flags,
           {"chosen": interpreters.FLAGS[-2:]}),
    Attack(PYTHONS, "what runs is what was imported", "every source changed before the first operation",
           interpreters.changed_sources),
    Attack(PYTHONS, "compiled files alone are enough", "no sources; the exercises say what they need",
           interpreters.no_sources),
    Attack(PYTHONS, "a zip is enough", "imported from a zip; the exercises say what they need", interpreters.in_a_zip),
    Attack(SIZE, "nothing recurses over a graph",
           "10⁶ nodes in a row: backward, copy, pickle, drawing, recording, second backward, deletion",
           endurance.deep, {"depth": 5000}, {"depth": 10**6}, {"depth": 2 * 10**5}),
    *[
        Attack(SIZE, "memory stays flat", f"resident memory and objects after a tenth and after all: {how}",
               endurance.flat_memory, {"kind": kind, "steps": 1000}, {"kind": kind, "steps": steps},
               {"steps": steps // 4}, by_default=kind == "eager")
        for kind, how, steps in [
            ("eager", "eager steps", 10**5), ("compiled", "compiled steps", 10**5), ("fit", "calls of fit", 2000),
        ]
    ],
]  # fmt: skip

if sys.platform == "win32" or not hasattr(os, "fork"):  # no signals, links and limits of POSIX there
    ATTACKS = [attack for attack in ATTACKS if attack.about in (THREADS, CONTEXTS, TEXT, PYTHONS)]
