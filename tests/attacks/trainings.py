"""Attacks on the checkpoint of a training: a second training, in a thread, in a process, and SIGKILL between them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import nn
from attacks.files import ROOT, Outcome, left_in

_TRAINING = """
import sys, time
import nn
def slowly(run):
    if run.epoch == 1:
        print("training", flush=True)
    time.sleep(float(sys.argv[2]))
X, y = nn.data.moons(20, seed=0)
nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=int(sys.argv[3]), checkpoint=sys.argv[1], checkpoint_every=0.0,
       callbacks=[slowly])
print("done", flush=True)
"""


def training(path: Path, seconds: float = 0.0, epochs: int = 2) -> subprocess.Popen[str]:
    """A process that trains on a checkpoint, sleeping so long after each epoch."""
    command = [sys.executable, "-c", _TRAINING, str(path), str(seconds), str(epochs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def fit(path: Path, epochs: int = 2, **options: Any) -> nn.History:
    """The training of that process, in this one."""
    X, y = nn.data.moons(20, seed=0)
    return nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=epochs, checkpoint=path, checkpoint_every=0.0, **options)


def two_trainings(folder: Path) -> Outcome:
    """The second is refused, with the first's process; killed, the first leaves nothing that stops the next."""
    outcome, path = Outcome(tries=3), folder / "run.npz"
    first = training(path, 0.2, 1000)
    assert first.stdout is not None
    first.stdout.readline()
    try:
        fit(path)
        outcome.fault("a second training was let in")
    except nn.CheckpointError as error:
        if str(first.pid) not in str(error) or str(path) not in str(error):
            outcome.fault(error)
    finally:
        first.kill()
        first.communicate()
    try:
        if fit(path, 3).epochs < 3:
            outcome.fault("not resumed")
    except Exception as error:
        outcome.fault(f"after SIGKILL: {type(error).__name__}: {error}")
    if left := left_in(folder, path.name):
        outcome.fault(f"left behind: {left}")
    return outcome


def two_trainings_in_threads(folder: Path) -> Outcome:
    """The same in one process, in a thread and through a link. It is let go at the end, and after an error."""
    outcome, path = Outcome(), folder / "run.npz"
    link = folder / "link.npz"
    link.symlink_to(path.name)
    entered, leave = threading.Event(), threading.Event()

    def wait(run: Any) -> None:
        entered.set()
        leave.wait(10)

    thread = threading.Thread(target=fit, args=(path,), kwargs={"epochs": 1, "callbacks": [wait]})
    thread.start()
    entered.wait(10)
    for other in (path, link):
        outcome.tries += 1
        try:
            fit(other)
            outcome.fault(f"a second training was let in through {other.name}")
        except nn.CheckpointError as error:
            if str(os.getpid()) not in str(error):
                outcome.fault(error)
    leave.set()
    thread.join()

    def fail(run: Any) -> None:
        raise RuntimeError

    for options in ({}, {"callbacks": [fail]}, {"loss": "mae"}, {}):
        outcome.tries += 1
        try:
            fit(path, 2 + outcome.tries, **options)
        except RuntimeError:
            pass
        except nn.CheckpointError as error:
            if not options or "another training" not in str(error):
                outcome.fault(error)
    if left := left_in(folder, path.name, link.name):
        outcome.fault(f"left behind: {left}")
    return outcome


def many_trainings(folder: Path, count: int = 16, seed: int = 0) -> Outcome:
    """As many processes on one checkpoint, killed now and then: none dies of another's file, and one goes through."""
    outcome, path, draw = Outcome(tries=count), folder / "run.npz", random.Random(seed)
    running: list[subprocess.Popen[str]] = []
    for _ in range(count):
        running.append(training(path, 0.02, 100))
        time.sleep(draw.uniform(0.0, 1.0))
        if draw.random() < 0.3:
            running[draw.randrange(len(running))].kill()
    for process in running:
        _, error = process.communicate()
        if process.returncode not in (0, -signal.SIGKILL) and "is being used" not in error:
            outcome.fault(error.strip().splitlines()[-1])
    if fit(path, 100).epochs != 100:
        outcome.fault("not resumed")
    if left := left_in(folder, path.name):
        outcome.fault(f"left behind: {left}")
    return outcome


_KILLED = """
import sys
import numpy as np
import nn
X, y = nn.data.moons(60, seed=0)
model = nn.MLP(2, [6, 1], activation="tanh", seed=0)
history = nn.fit(model, X, y, optimizer=nn.Adam(model.parameters(), lr=0.01), epochs=12, batch_size=7,
                 checkpoint=sys.argv[1], checkpoint_every=0.0, validation=(X[:9], y[:9]), patience=10**6)
print(repr(([p.data for p in model.parameters()], history["loss"], history.steps)))
"""


def killed(folder: Path, count: int = 20, seed: int = 0) -> Outcome:
    """Kill a training so often, at random moments, and resume it: it ends where it ends undisturbed, bit for bit."""
    outcome, draw = Outcome(), random.Random(seed)

    def start(name: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(folder / name)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    begun = time.monotonic()
    expected = start("whole.npz").communicate()[0]
    length = time.monotonic() - begun
    number = 0
    while outcome.tries < count:
        name, number = f"{number}.npz", number + 1
        found, kills = "", 0
        while not found:
            begun, process = time.monotonic(), start(name)
            try:
                found = process.communicate(timeout=draw.uniform(0.3, 0.8) * length)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
                length *= 1.1  # on a machine that has become busy, it might be killed before it gets anywhere, for ever
        if not kills:  # the machine was busy when the length was measured
            length = min(length, time.monotonic() - begun)
        outcome.tries += kills
        if found != expected:
            outcome.fault(f"training {number}: it ended elsewhere")
        if left := [one for one in left_in(folder) if not one.endswith(".npz")]:
            outcome.fault(f"left behind: {left}")
    return outcome
