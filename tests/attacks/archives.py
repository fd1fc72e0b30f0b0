"""Archives from elsewhere: .npz files of models and checkpoints, and IDX files, damaged or made to do harm.

Nothing here may be believed, hang, take much memory, or raise anything but the error that this kind of file has.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import nn
from attacks.checkpoints import train
from attacks.files import Outcome
from nn.training.checkpoint import read_checkpoint, refuse_changed

Arrays = dict[str, Any]

# ── any .npz file ───────────────────────────────────────────────────────────────────────────────────────────────────


class Harmful:
    """Runs, were it unpickled."""

    done = False

    def __reduce__(self) -> Any:
        return _harm, ()


def _harm() -> None:
    Harmful.done = True


def _member(name: str, content: bytes, packed: bool = True, says: int | None = None) -> bytes:
    """A zip archive of one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _npy(header: str, content: bytes = b"") -> bytes:
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


_ONES = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}"


def _pickles() -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=True, words=np.array([Harmful()]), paths=np.array([Harmful()]), numbers=np.ones(1))
    return out.getvalue()


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


NPZ: dict[str, Callable[[Path, bytes], Any]] = {
    "empty": lambda path, whole: path.write_bytes(b""),
    "text": lambda path, whole: path.write_text("hello"),
    "half": lambda path, whole: path.write_bytes(whole[: len(whole) // 2]),
    "the last half": lambda path, whole: path.write_bytes(whole[len(whole) // 2 :]),
    "without its end": lambda path, whole: path.write_bytes(whole[:-1]),
    "zeros in the middle": lambda path, whole: path.write_bytes(whole[:300] + bytes(200) + whole[500:]),
    "a single array": lambda path, whole: path.write_bytes(_npy(_ONES, bytes(24))),
    "a pickle": lambda path, whole: path.write_bytes(b"\x80\x04cos\nsystem\n."),
    "pickles inside": lambda path, whole: path.write_bytes(_pickles()),
    "a bomb of 1 GB": lambda path, whole: path.write_bytes(
        _member(
            "words.npy", _npy("{'descr': '|u1', 'fortran_order': False, 'shape': (300000000,)}", bytes(300_000_000))
        )
    ),
    "a shape of 10^18": lambda path, whole: path.write_bytes(
        _member("words.npy", _npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000000,)}"))
    ),
    "a shape below 0": lambda path, whole: path.write_bytes(
        _member("words.npy", _npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", bytes(8)))
    ),
    "a header that is code": lambda path, whole: path.write_bytes(
        _member("words.npy", _npy("__import__('os').abort()"))
    ),
    "a header nested deeply": lambda path, whole: path.write_bytes(_member("words.npy", _npy("(" * 60_000))),
    "the same name twice": lambda path, whole: path.write_bytes(_twice()),
    "the name of a folder above": lambda path, whole: path.write_bytes(_member("../../words.npy", _npy("{}"))),
    "1 GB of zeros": lambda path, whole: _sparse(path, 1 << 30),
    "a FIFO": lambda path, whole: os.mkfifo(path),
    "a folder": lambda path, whole: path.mkdir(),
    "a device without end": lambda path, whole: path.symlink_to("/dev/zero"),
}


def _twice() -> bytes:
    import warnings

    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("words.npy", _npy("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", bytes(8)))
    return out.getvalue()


def crafted_npz(folder: Path, kind: str, chosen: tuple[str, ...] = tuple(NPZ)) -> Outcome:
    """Load each as a model or a checkpoint: ValueError or OSError, with the path, nothing run, no memory taken."""
    outcome, whole = Outcome(), folder / "whole.npz"
    model = nn.MLP(2, [3, 1], seed=0)
    load: Callable[[Path], Any] = train if kind == "checkpoint" else model.load
    model.save(whole) if kind == "model" else train(whole)
    state = model.state_dict()
    for number, name in enumerate(chosen):
        path = folder / f"{number}.npz"
        NPZ[name](path, whole.read_bytes())
        outcome.tries += 1
        before = _peak()
        try:
            load(path)
            outcome.fault(f"{name}: believed")
        except (ValueError, OSError) as error:
            if str(path) not in str(error):
                outcome.fault(f"{name}: {error}")
        except BaseException as error:
            outcome.fault(f"{name}: {type(error).__name__}: {error}")
        if _peak() - before > 200:
            outcome.fault(f"{name}: took {_peak() - before:.0f} MB")
    if Harmful.done or model.state_dict() != state:
        outcome.fault("harm was done")
    return outcome


def _damage(content: bytes, draw: random.Random) -> bytes:
    """A bit turned, an end cut off, a stretch of zeros, or a stretch doubled."""
    begin, damaged = draw.randrange(len(content)), bytearray(content)
    end = min(len(content), begin + draw.randrange(1, 200))
    way = draw.randrange(4)
    if way == 0:
        damaged[begin] ^= 1 << draw.randrange(8)
    elif way == 1:
        del damaged[begin:]
    elif way == 2:
        damaged[begin:end] = bytes(end - begin)
    else:
        damaged[begin:begin] = damaged[begin:end]
    return bytes(damaged)


def damaged_npz(folder: Path, kind: str, count: int = 100, seed: int = 0) -> Outcome:
    """Load a file that was damaged at random: an error with the path, or exactly what was saved."""
    outcome, path, draw = Outcome(tries=count), folder / "file.npz", random.Random(seed)
    model, saved = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    saved.save(path) if kind == "model" else train(path)
    whole = path.read_bytes()
    for _ in range(count):
        path.write_bytes(_damage(whole, draw))
        try:
            if kind == "model":
                model.load(path)
                assert model.state_dict() == saved.state_dict()
            else:
                refuse_changed(path, *read_checkpoint(path))
        except ValueError as error:
            if str(path) not in str(error):
                outcome.fault(error)
        except BaseException as error:
            outcome.fault(f"{type(error).__name__}: {error}")
    return outcome


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ── models ──────────────────────────────────────────────────────────────────────────────────────────────────────────

MODEL: dict[str, tuple[Callable[[Arrays], Any], str]] = {
    "nan": (lambda a: a["numbers"].__setitem__(1, np.nan), "layers[0].neurons[0].w[1]"),
    "inf": (lambda a: a["numbers"].__setitem__(0, -np.inf), "layers[0].neurons[0].w[0]"),
    "numbers of another type": (lambda a: a.update(numbers=a["numbers"].astype("f4")), "one number for each path"),
    "numbers as text": (lambda a: a.update(numbers=a["numbers"].astype(str)), "one number for each path"),
    "numbers as objects": (lambda a: a.update(numbers=a["numbers"].astype(object)), "numbers"),
    "too few numbers": (lambda a: a.update(numbers=a["numbers"][1:]), "one number for each path"),
    "numbers of two axes": (lambda a: a.update(numbers=a["numbers"][None], paths=a["paths"][None]), "one number"),
    "paths as bytes": (lambda a: a.update(paths=a["paths"].astype("S")), "paths"),
    "one path twice": (lambda a: a["paths"].__setitem__(1, a["paths"][0]), "two numbers for the same path"),
    "a path of another model": (lambda a: a["paths"].__setitem__(1, "b"), "layers[0].neurons[0].w[1]"),
    "one less": (lambda a: a.update(numbers=a["numbers"][1:], paths=a["paths"][1:]), "layers[0].neurons[0].w[0]"),
    "one more": (
        lambda a: a.update(numbers=np.append(a["numbers"], 1.0), paths=np.append(a["paths"], "more")), "more",
    ),
    "no numbers": (lambda a: a.pop("numbers"), "Module.save"),
    "no paths": (lambda a: a.pop("paths"), "Module.save"),
    "no format": (lambda a: a.pop("format"), "Module.save"),
    "another format": (lambda a: a.update(format=np.array("scalar-autograd state 9")), "another version"),
    "a format of numbers": (lambda a: a.update(format=np.ones(3)), "Module.save"),
    "an array nobody knows": (lambda a: a.update(more=np.ones(3)), "more"),
    "paths of 30 MB": (lambda a: a.update(paths=np.append(a["paths"], "x" * 600_000)), "bytes"),
}  # fmt: skip


def edit_models(folder: Path, chosen: tuple[str, ...] = tuple(MODEL)) -> Outcome:
    """Load each edited model: ValueError with the path and what it is, and no parameter has changed."""
    outcome, path = Outcome(), folder / "model.npz"
    model = nn.MLP(2, [3, 1], seed=0)
    state = model.state_dict()
    for name in chosen:
        edit, words = MODEL[name]
        nn.MLP(2, [3, 1], seed=1).save(path)
        with np.load(path) as kept:
            arrays = dict(kept)
        edit(arrays)
        np.savez_compressed(path, allow_pickle=True, **arrays)
        outcome.tries += 1
        try:
            model.load(path)
            outcome.fault(f"{name}: believed")
        except ValueError as error:
            if words not in str(error):
                outcome.fault(f"{name}: {error}")
        except BaseException as error:
            outcome.fault(f"{name}: {type(error).__name__}: {error}")
        if model.state_dict() != state:
            outcome.fault(f"{name}: loaded")
            model.load_state_dict(state)
    return outcome


# ── IDX archives ────────────────────────────────────────────────────────────────────────────────────────────────────


def _idx(*shape: int) -> bytes:
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)


def _bomb(start: bytes, size: int) -> bytes:
    """So many zeros after a start, packed a thousandfold."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(size >> 24):
            file.write(bytes(1 << 24))
    return out.getvalue()


IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
IDX: dict[str, Callable[[int], tuple[str, bytes]]] = {
    "more than announced": lambda size: (IMAGES, _bomb(_idx(20, 28, 28), size)),
    "labels without end": lambda size: (LABELS, _bomb(_idx(20), size)),
    "labels of 10^9": lambda size: (LABELS, _bomb(_idx(2**32 - 1), size)),
    "a header and no more": lambda size: (IMAGES, gzip.compress(_idx(2**32 - 1, 28, 28))),
    "a header of 10^28": lambda size: (IMAGES, gzip.compress(_idx(*[2**32 - 1] * 3))),
    "images of 10^9 pixels": lambda size: (IMAGES, _bomb(_idx(1, 2**15, 2**15), size)),
    "zeros only": lambda size: (IMAGES, _bomb(b"", size)),
    "two archives end to end": lambda size: (IMAGES, gzip.compress(_idx(1, 28, 28) + bytes(784)) * 2),
    "no images": lambda size: (IMAGES, gzip.compress(_idx(0, 28, 28))),
}


def crafted_idx(folder: Path, size: int = 1 << 28, chosen: tuple[str, ...] = tuple(IDX)) -> Outcome:
    """Read each among good files: ValueError with the path, and no more memory than the file announces."""
    outcome = Outcome()
    for number, name in enumerate(chosen):
        home = folder / f"{number}"
        home.mkdir()
        for kind, count in (("train", 20), ("t10k", 7)):
            (home / f"{kind}-images-idx3-ubyte").write_bytes(_idx(count, 28, 28) + bytes(784 * count))
            (home / f"{kind}-labels-idx1-ubyte").write_bytes(_idx(count) + bytes(count))
        bad, content = IDX[name](size)
        (home / bad.removesuffix(".gz")).write_bytes(content)
        outcome.tries += 1
        before = _peak()
        try:
            nn.data.mnist(home)
            outcome.fault(f"{name}: believed")
        except ValueError as error:
            if bad.removesuffix(".gz") not in str(error):
                outcome.fault(f"{name}: {error}")
        except BaseException as error:
            outcome.fault(f"{name}: {type(error).__name__}: {error}")
        if _peak() - before > 100:
            outcome.fault(f"{name}: took {_peak() - before:.0f} MB")
    return outcome
