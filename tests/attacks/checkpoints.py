"""Checkpoints edited by hand: a table of edits, and the field that the refusal has to name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import nn
from attacks.files import Outcome

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
    "equal steps for each": (set_array("array.optimizer.Adam.step", lambda x: np.full(13, x)), "optimizer.Adam.step"),
    "half steps for each": (
        set_array("array.optimizer.Adam.step", lambda x: np.arange(13) + 0.5),
        "optimizer.Adam.step",
    ),
    "steps below 0 for some": (
        set_array("array.optimizer.Adam.step", lambda x: np.arange(13) - 1),
        "optimizer.Adam.step",
    ),
    "steps in columns": (
        set_array("array.optimizer.Adam.step", lambda x: np.arange(13)[:, None]),
        "optimizer.Adam.step",
    ),
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
