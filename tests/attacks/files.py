"""Attacks on what writes files: threads, processes, SIGKILL, links, devices, full disks, interrupts.

Each attack takes a fresh folder and counts, and returns an Outcome: how often it tried, and a line for each fault.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
from autograd.util.files import write_whole
from nn.training.checkpoint import read_checkpoint, write_checkpoint

ROOT = Path(__file__).parents[2]
PARAMETERS = 2000


@dataclass
class Outcome:
    """How often an attack tried, and a line for each time something gave way."""

    tries: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, what: Any) -> None:
        """Note a fault, in one line."""
        self.faults.append(str(what).replace("\n", " ")[:200])


# ── what is written, and whether it is whole ────────────────────────────────────────────────────────────────────────


def _checkpoint(path: Path, number: float) -> None:
    write_checkpoint(path, {"theta": np.full(PARAMETERS, number)}, {"number": number})


def _checkpoint_of(path: Path) -> float:
    arrays, words = read_checkpoint(path)
    assert (arrays["theta"] == words["number"]).all(), "a file of two writers"
    return float(words["number"])


def _line_of(number: float) -> nn.MLP:
    model = nn.MLP(1, [1], seed=0)
    for parameter in model.parameters():
        parameter.data = number
    return model


def _model_of(path: Path) -> float:
    model = nn.MLP(1, [1])
    model.load(path)
    return model.parameters()[0].data


def _text(path: Path, number: float) -> None:
    autograd.draw(autograd.Value(number, label="x") * 2).save(path.with_suffix(".txt"))


@dataclass(frozen=True)
class Kind:
    """One kind of file: its suffix, how to write a number into one, and how to read it back."""

    suffix: str
    write: Callable[[Path, float], Any]
    read: Callable[[Path], float]


KINDS = {
    "bytes": Kind(
        ".txt", lambda path, number: write_whole(path, f"{number:>200}".encode()), lambda path: float(path.read_text())
    ),
    "checkpoint": Kind(".npz", _checkpoint, _checkpoint_of),
    "model": Kind(".npz", lambda path, number: _line_of(number).save(path), _model_of),
    "picture": Kind(".txt", _text, lambda path: float(path.read_text().split("x  data ")[1].split()[0])),
    "page": Kind(
        ".html",
        lambda path, number: autograd.play(_backward(number)).save(path),
        lambda path: 0.0 * len(path.read_bytes()),
    ),
}


def _backward(number: float) -> autograd.Value:
    y = autograd.Value(number, label="x") * 2
    y.backward()
    return y


def left_in(folder: Path, *wanted: str) -> list[str]:
    """What else is in a folder."""
    return sorted(path.name for path in folder.iterdir() if path.name not in wanted)


# ── many writers ────────────────────────────────────────────────────────────────────────────────────────────────────


def threads(folder: Path, kind: str, writers: int = 4, saves: int = 10) -> Outcome:
    """Several threads save one file; afterwards it is whole, and nothing is left beside it."""
    outcome, way = Outcome(), KINDS[kind]
    path = folder / f"file{way.suffix}"

    def save(number: int) -> None:
        for _ in range(saves):
            try:
                way.write(path, float(number))
            except Exception as error:
                outcome.fault(f"{type(error).__name__}: {error}")

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(save, range(1, writers + 1)))
    outcome.tries = writers * saves
    way.read(path)
    if left := left_in(folder, path.name):
        outcome.fault(f"left behind: {left}")
    return outcome


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from attacks.files import KINDS
way, path, number, saves = KINDS[sys.argv[1]], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[5])
print("ready", flush=True)
done = 0
while saves < 0 or done < saves:
    try:
        way.write(path, number)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".replace("\\n", " "), flush=True)
    done += 1
"""


def writer(kind: str, path: Path, number: float, saves: int = -1) -> subprocess.Popen[str]:
    """A process that saves one file again and again (for ever, if not said otherwise), and prints what fails."""
    command = [sys.executable, "-c", _WRITER, kind, str(path), str(number), str(Path(__file__).parents[1]), str(saves)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def processes(folder: Path, kind: str = "checkpoint", writers: int = 2, saves: int = 100) -> Outcome:
    """Several processes save one file while this one reads it: no read is damaged, no save fails."""
    outcome, way = Outcome(), KINDS[kind]
    path = folder / f"file{way.suffix}"
    way.write(path, 1.0)
    running = [writer(kind, path, float(number), saves) for number in range(1, writers + 1)]
    while any(process.poll() is None for process in running):
        outcome.tries += 1
        try:
            way.read(path)
        except Exception as error:
            outcome.fault(f"read: {type(error).__name__}: {error}")
    for process in running:
        for line in process.communicate()[0].splitlines():
            outcome.fault(f"saved: {line}")
    if left := left_in(folder, path.name):
        outcome.fault(f"left behind: {left}")
    return outcome


def kills(folder: Path, kind: str = "checkpoint", count: int = 3, seed: int = 0) -> Outcome:
    """A writer is killed at a random moment: the file is whole, the next save succeeds and clears what was left."""
    outcome, way, draw = Outcome(), KINDS[kind], random.Random(seed)
    path = folder / f"file{way.suffix}"
    way.write(path, 1.0)
    for _ in range(count):
        process = writer(kind, path, 2.0)
        time.sleep(draw.uniform(0.0, 0.05))
        process.kill()
        process.communicate()
        outcome.tries += 1
        try:
            way.read(path)
            way.write(path, 1.0)
        except Exception as error:
            outcome.fault(f"{type(error).__name__}: {error}")
        if left := left_in(folder, path.name):
            outcome.fault(f"left behind: {left}")
    return outcome


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Ctrl-C in a finalizer, which Python swallows with a word, and between opening a file and keeping it."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            yield
            gc.collect()
    finally:
        sys.unraisablehook = before


@contextlib.contextmanager
def _on_alarm(act: Callable[..., None]) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, act)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def interrupts(folder: Path, kind: str = "checkpoint", count: int = 100, seed: int = 0) -> Outcome:
    """Ctrl-C at random moments of a save: the file is the old or the new one, and the next save leaves it alone."""
    outcome, way, draw = Outcome(), KINDS[kind], random.Random(seed)
    path = folder / f"file{way.suffix}"
    begun = time.perf_counter()
    way.write(path, 0.0)
    length = time.perf_counter() - begun

    def press(*_: Any) -> None:
        raise KeyboardInterrupt

    with _unheard(), _on_alarm(press):
        for number in range(1, count + 1):
            outcome.tries += 1
            with contextlib.suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(1e-6, length))
                way.write(path, float(number))
                signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            try:
                way.read(path)
            except Exception as error:
                outcome.fault(f"{type(error).__name__}: {error}")
    left = left_in(folder, path.name)  # Ctrl-C in the very line that removes it leaves a part, until this process ends
    if len(left) > count // 20 or any(not name.endswith(".part") for name in left):
        outcome.fault(f"left behind: {left}")
    return outcome


# ── what is no file, links, permissions ─────────────────────────────────────────────────────────────────────────────


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    server = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(path.parent)  # an address of a socket is short
    try:
        server.bind(path.name)
    finally:
        os.chdir(here)
        server.close()


def _device(path: Path) -> None:
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))  # /dev/null


SPECIAL: dict[str, Callable[[Path], Any]] = {
    "a folder": Path.mkdir, "a FIFO": _fifo, "a socket": _socket, "a device": _device,
    "a link in a circle": lambda path: path.symlink_to(path.name),
    "a link to nowhere": lambda path: path.symlink_to(path.parent / "none" / "file"),
}  # fmt: skip


def special_files(folder: Path, kind: str) -> Outcome:
    """A save to what is no file, or to a link to it, is an OSError that names the path, and changes nothing."""
    outcome, way = Outcome(), KINDS[kind]
    for number, (name, make) in enumerate(SPECIAL.items()):
        home = folder / f"{number}"
        home.mkdir()
        thing, link = home / f"thing{way.suffix}", home / f"link{way.suffix}"
        try:
            make(thing)
        except PermissionError:  # only root makes devices
            continue
        link.symlink_to(thing.name)
        before = thing.lstat()
        for path in (thing, link):
            outcome.tries += 1
            try:
                way.write(path, 1.0)
                outcome.fault(f"{name}: written")
            except OSError as error:
                if str(path) not in str(error) and error.filename != str(path):
                    outcome.fault(f"{name}: {error} does not name {path}")
            except Exception as error:
                outcome.fault(f"{name}: {type(error).__name__}: {error}")
        now = thing.lstat()
        if (before.st_mode, before.st_ino, before.st_rdev) != (now.st_mode, now.st_ino, now.st_rdev):
            outcome.fault(f"{name}: replaced")
        if left := left_in(home, thing.name, link.name):
            outcome.fault(f"{name}: left behind {left}")
    return outcome


def links(folder: Path, kind: str) -> Outcome:
    """A link is followed and stays one, also through another and into another folder; one planted beside is not."""
    outcome, way = Outcome(tries=2), KINDS[kind]
    (folder / "far").mkdir()
    real, link, second = folder / "far" / f"real{way.suffix}", folder / f"one{way.suffix}", folder / f"two{way.suffix}"
    way.write(real, 1.0)
    link.symlink_to(real)
    second.symlink_to(link.name)
    for number, path in enumerate((link, second), 2):
        before = real.read_bytes()
        way.write(path, float(number))
        if not path.is_symlink() or (real.read_bytes() == before):
            outcome.fault(f"the link {path.name} was replaced, and {real.name} is as it was")
    victim, target = folder / "victim", folder / f"file{way.suffix}"
    victim.write_text("precious")
    for name in (f".{target.name}.part", f".{target.name}.{os.getpid()}.part"):
        outcome.tries += 1
        (folder / name).symlink_to(victim)
        try:
            way.write(target, 1.0)
        except Exception as error:
            outcome.fault(f"stopped by a link planted at {name}: {type(error).__name__}: {error}")
        if victim.read_text() != "precious" if victim.exists() else True:
            outcome.fault(f"a link planted at {name} was followed")
            victim.write_text("precious")
        (folder / name).unlink(missing_ok=True)
        target.unlink(missing_ok=True)
    return outcome


def permissions(folder: Path, kind: str) -> Outcome:
    """A file keeps its mode; a new one has what the umask leaves."""
    outcome, way = Outcome(), KINDS[kind]
    for mode in (0o600, 0o640, 0o644, 0o666, 0o700):
        outcome.tries += 1
        path = folder / f"{mode:o}{way.suffix}"
        way.write(path, 1.0)
        path.chmod(mode)
        way.write(path, 2.0)
        if stat.S_IMODE(path.stat().st_mode) != mode:
            outcome.fault(f"{mode:o} became {stat.S_IMODE(path.stat().st_mode):o}")
    for mask in (0o022, 0o077):
        outcome.tries += 1
        path, before = folder / f"new{mask}{way.suffix}", os.umask(mask)
        try:
            way.write(path, 1.0)
        finally:
            os.umask(before)
        if stat.S_IMODE(path.stat().st_mode) != 0o666 & ~mask:
            outcome.fault(f"umask {mask:o}: {stat.S_IMODE(path.stat().st_mode):o}")
    return outcome


@contextlib.contextmanager
def _no_more_than(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: a disk that is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def full_disks(folder: Path, kind: str, sizes: tuple[int, ...] = (0, 1, 50)) -> Outcome:
    """A disk that is full after so many bytes: an OSError that names the path, the old file, and nothing beside it."""
    outcome, way = Outcome(), KINDS[kind]
    path = folder / f"file{way.suffix}"
    way.write(path, 1.0)
    before = path.read_bytes()
    for size in sizes:
        outcome.tries += 1
        try:
            with _no_more_than(size):
                way.write(path, 2.0)
            outcome.fault(f"{size} bytes: written")
        except OSError as error:
            if error.filename != str(path) and str(path) not in str(error):
                outcome.fault(f"{error} does not name {path}")
        except Exception as error:
            outcome.fault(f"{type(error).__name__}: {error}")
        if path.read_bytes() != before:
            outcome.fault("the old file is gone")
        if left := left_in(folder, path.name):
            outcome.fault(f"left behind: {left}")
    return outcome
