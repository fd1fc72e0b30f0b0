"""Files from elsewhere: checkpoints, models, data and progress files, edited by hand, damaged, or made to do harm.

Each table maps what was done to a function that does it. Nothing in a table may be believed, hang, take much memory,
or raise anything but the error that this kind of file has.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import nn
from attacks.files import Outcome

# ── checkpoints ─────────────────────────────────────────────────────────────────────────────────────────────────────

Words, Arrays = dict[str, Any], dict[str, Any]


def set_word(*path: str, to: Any) -> Callable[[Words, Arrays], Any]:
    """Put something at a path of keys."""

    def edit(words: Words, arrays: Arrays) -> None:
        for key in path[:-1]:
            words = words[key]
        words[path[-1]] = to

    return edit


def drop_word(*path: str) -> Callable[[Words, Arrays], Any]:
    """Remove what is at a path of keys."""

    def edit(words: Words, arrays: Arrays) -> None:
        for key in path[:-1]:
            words = words[key]
        del words[path[-1]]

    return edit


def set_array(name: str, change: Callable[[Any], Any]) -> Callable[[Words, Arrays], Any]:
    """Replace an array by a function of it."""

    def edit(words: Words, arrays: Arrays) -> None:
        arrays[name] = np.asarray(change(arrays[name]))

    return edit


def drop_array(name: str) -> Callable[[Words, Arrays], Any]:
    """Remove an array."""

    def edit(words: Words, arrays: Arrays) -> None:
        del arrays[name]

    return edit


def add_array(name: str, array: Any) -> Callable[[Words, Arrays], Any]:
    """Add an array."""

    def edit(words: Words, arrays: Arrays) -> None:
        arrays[name] = np.asarray(array)

    return edit


def first(number: float) -> Callable[[Any], Any]:
    """An array with another first number."""

    def change(array: Any) -> Any:
        array = array.copy()
        array.flat[0] = number
        return array

    return change


# An edit, and the field that the error has to name. The training: 2 epochs of Adam on 20 samples in batches of 8,
# with a schedule, metrics of validation data, and patience.
CHECKPOINT: dict[str, tuple[Callable[[Words, Arrays], Any], str]] = {
    "no theta": (drop_array("array.theta"), "theta"),
    "theta of one number": (set_array("array.theta", lambda x: x[:1]), "theta"),
    "theta without axes": (set_array("array.theta", lambda x: x[0]), "theta"),
    "theta of two axes": (set_array("array.theta", lambda x: x[None]), "theta"),
    "theta too long": (set_array("array.theta", lambda x: np.append(x, 1.0)), "theta"),
    "theta of floats of another type": (set_array("array.theta", lambda x: x.astype("f4")), "theta"),
    "theta of the other byte order": (set_array("array.theta", lambda x: x.astype(">f8")), "theta"),
    "theta of ints": (set_array("array.theta", lambda x: x.astype(int)), "theta"),
    "theta of text": (set_array("array.theta", lambda x: x.astype(str)), "theta"),
    "theta of objects": (set_array("array.theta", lambda x: x.astype(object)), "theta"),
    "theta of complex numbers": (set_array("array.theta", lambda x: x.astype(complex)), "theta"),
    "nan in theta": (set_array("array.theta", first(np.nan)), "theta[0]"),
    "inf in theta": (set_array("array.theta", first(np.inf)), "theta[0]"),
    "another number in theta": (set_array("array.theta", first(0.123)), "theta"),
    "best of one number": (set_array("array.best", lambda x: x[:1]), "best"),
    "nan in best": (set_array("array.best", first(np.nan)), "best[0]"),
    "no best": (drop_array("array.best"), "best"),
    "an array nobody knows": (add_array("array.more", np.ones(3)), "more"),
    "no step of the optimizer": (drop_array("array.optimizer.Adam.step"), "optimizer.Adam.step"),
    "a step below 0": (set_array("array.optimizer.Adam.step", lambda x: x - 99), "optimizer.Adam.step"),
    "a step and a half": (set_array("array.optimizer.Adam.step", lambda x: x + 0.5), "optimizer.Adam.step"),
    "steps in a row": (set_array("array.optimizer.Adam.step", lambda x: [x, x]), "optimizer.Adam.step"),
    "no lr": (drop_array("array.optimizer.Adam.lr"), "lr"),
    "lr nan": (set_array("array.optimizer.Adam.lr", lambda x: np.nan), "lr"),
    "lr below 0": (set_array("array.optimizer.Adam.lr", lambda x: -1.0), "lr"),
    "lr as text": (set_array("array.optimizer.Adam.lr", lambda x: "0.1"), "lr"),
    "another beta": (set_array("array.optimizer.Adam.betas", lambda x: [0.5, 0.5]), "optimizer.Adam.betas"),
    "three betas": (set_array("array.optimizer.Adam.betas", lambda x: [*x, 0.5]), "optimizer.Adam.betas"),
    "amsgrad": (set_array("array.optimizer.Adam.amsgrad", lambda x: True), "optimizer.Adam.amsgrad"),
    "no buffer": (drop_array("array.optimizer.Adam.exp_avg"), "optimizer.Adam.exp_avg"),
    "a short buffer": (set_array("array.optimizer.Adam.exp_avg", lambda x: x[1:]), "optimizer.Adam.exp_avg"),
    "nan in a buffer": (set_array("array.optimizer.Adam.exp_avg", first(np.nan)), "optimizer.Adam.exp_avg"),
    "a square below 0": (set_array("array.optimizer.Adam.exp_avg_sq", first(-1.0)), "optimizer.Adam.exp_avg_sq"),
    "a buffer of text": (set_array("array.optimizer.Adam.exp_avg", lambda x: x.astype(str)), "optimizer.Adam.exp_avg"),
    "the state of another optimizer": (add_array("array.optimizer.SGD.momentum", 0.0), "optimizer.SGD.momentum"),
    "no format": (drop_word("format"), ""),
    "another format": (set_word("format", to="scalar-autograd checkpoint 99"), ""),
    "no identity": (drop_word("identity"), "identity"),
    "identity a list": (set_word("identity", to=[]), "identity"),
    "identity of numbers": (set_word("identity", "l2", to=0.0), "identity.l2"),
    "identity with more": (set_word("identity", "colour", to="red"), "colour"),
    "no place": (drop_word("place"), "place"),
    "place a list": (set_word("place", to=[1, 2]), "place"),
    "no step": (drop_word("place", "step"), "place"),
    "a place with more": (set_word("place", "colour", to=1), "place"),
    "step 99": (set_word("place", "step", to=99), "place.step"),
    "step below 0": (set_word("place", "step", to=-1), "place.step"),
    "step 1 of no samples": (set_word("place", "step", to=1), "place.samples"),
    "step as text": (set_word("place", "step", to="0"), "place.step"),
    "step true": (set_word("place", "step", to=True), "place.step"),
    "step 0.5": (set_word("place", "step", to=0.5), "place.step"),
    "samples 7": (set_word("place", "samples", to=7), "place.samples"),
    "epoch -3": (set_word("place", "epoch", to=-3), "place.epoch"),
    "epoch 1": (set_word("place", "epoch", to=1), "history"),
    "epoch 10^400": (set_word("place", "epoch", to=10**400), "place.epoch"),
    "a loss where none is": (set_word("place", "loss", to=5.0), "place.loss"),
    "best nan": (set_word("place", "best", to=float("nan")), "place.best"),
    "best -inf": (set_word("place", "best", to=float("-inf")), "place.best"),
    "best a list": (set_word("place", "best", to=[1.0]), "place.best"),
    "waited -1": (set_word("place", "waited", to=-1), "place.waited"),
    "waited 10^9": (set_word("place", "waited", to=10**9), "place.waited"),
    "no history": (drop_word("history"), "history"),
    "history null": (set_word("history", to=None), "history"),
    "no columns": (drop_word("history", "columns"), "history"),
    "columns a list": (set_word("history", "columns", to=[]), "history.columns"),
    "no column of the loss": (drop_word("history", "columns", "loss"), "history.columns.loss"),
    "a column of text": (set_word("history", "columns", "loss", to=["1", "2"]), "history.columns.loss"),
    "a column of dicts": (set_word("history", "columns", "mse", to=[{}, {}]), "history.columns.mse"),
    "a column that is long": (set_word("history", "columns", "mse", to=[0.0] * 9), "history.columns.mse"),
    "a column that is short": (set_word("history", "columns", "loss", to=[0.0]), "history.columns.loss"),
    "steps 7": (set_word("history", "steps", to=7), "history.steps"),
    "steps as text": (set_word("history", "steps", to="6"), "history.steps"),
    "seconds nan": (set_word("history", "seconds", to=float("nan")), "history.seconds"),
    "seconds -1": (set_word("history", "seconds", to=-1.0), "history.seconds"),
    "seconds null": (set_word("history", "seconds", to=None), "history.seconds"),
    "stopped 3": (set_word("history", "stopped", to=3), "history.stopped"),
    "stopped by nobody": (set_word("history", "stopped", to="nobody"), "history.stopped"),
    "no watched": (drop_word("watched"), "watched"),
    "watched null": (set_word("watched", to=None), "watched"),
    "no schedule": (drop_word("schedule"), "schedule"),
    "schedule null": (set_word("schedule", to=None), "schedule"),
    "schedule of another class": (set_word("schedule", to={"CosineAnnealingLR.epoch": 2}), "schedule"),
    "schedule at epoch -1": (set_word("schedule", "ExponentialLR.epoch", to=-1), "schedule"),
    "schedule at epoch 7": (set_word("schedule", "ExponentialLR.epoch", to=7), "schedule"),
    "schedule with gamma nan": (set_word("schedule", "ExponentialLR.gamma", to=float("nan")), "schedule"),
    "words nobody knows": (set_word("colour", to="red"), "colour"),
    "words in a row": (set_array("words", lambda x: [x, x]), ""),
    "words a number": (set_array("words", lambda x: 3.0), ""),
    "words that are no JSON": (set_array("words", lambda x: str(x)[:-1]), ""),
    "words nested deeply": (set_array("words", lambda x: "[" * 100_000), ""),
    "words that say a thing twice": (set_array("words", lambda x: '{"watched": "", ' + str(x)[1:]), ""),
    "words a list": (set_array("words", lambda x: "[]"), ""),
    "no words": (drop_array("words"), ""),
}


def train(path: Path, epochs: int = 2) -> nn.History:
    """The training of the checkpoint."""
    X, y = nn.data.moons(20, seed=0)
    model = nn.MLP(2, [3, 1], seed=0)
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    return nn.fit(
        model, X, y, optimizer=optimizer, epochs=epochs, batch_size=8, checkpoint=path, patience=50,
        schedule=nn.ExponentialLR(optimizer, 0.9), validation=nn.data.moons(9, seed=1), metrics="mse",
        callbacks=[lambda run: run.epoch > 8],
    )  # fmt: skip


def edited(path: Path, edit: Callable[[Words, Arrays], Any]) -> None:
    """A checkpoint with an edit."""
    with np.load(path) as kept:
        arrays = dict(kept)
    text = arrays["words"]
    words = json.loads(str(text))
    edit(words, arrays)
    if arrays.get("words") is text:
        arrays["words"] = np.array(json.dumps(words))
    np.savez(path, allow_pickle=True, **arrays)


def edit_checkpoints(folder: Path, chosen: tuple[str, ...] = tuple(CHECKPOINT)) -> Outcome:
    """Resume from each edited checkpoint: a CheckpointError with the field, and the file as it was."""
    outcome, whole, path = Outcome(), folder / "whole.npz", folder / "run.npz"
    train(whole)
    for name in chosen:
        edit, field = CHECKPOINT[name]
        path.write_bytes(whole.read_bytes())
        edited(path, edit)
        before = path.read_bytes()
        outcome.tries += 1
        try:
            train(path, 4)
            outcome.fault(f"{name}: believed")
        except nn.CheckpointError as error:
            if field not in str(error) or str(path) not in str(error):
                outcome.fault(f"{name}: {error}")
        except BaseException as error:
            outcome.fault(f"{name}: {type(error).__name__}: {error}")
        if path.read_bytes() != before:
            outcome.fault(f"{name}: written over")
    return outcome


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
    "one path twice": (lambda a: a["paths"].__setitem__(1, a["paths"][0]), "two numbers for one path"),
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
