"""Checks whether a training can have written a checkpoint: every field's presence, type, size and range."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograd.util.arrays import Array
from autograd.util.lazy_numpy import is_array, np
from nn.training.checkpoint import CheckpointError
from nn.training.history import History
from nn.training.state import Place, Run

__all__ = ["checked_identity", "refuse_impossible"]

_ENDS = ("", "epochs", "stop_below", "patience", "max_steps", "callback", "interrupted")
_PLACE, _HISTORY = tuple(vars(Place())), tuple(History().to_dict())
_WORDS = {"format": str, "checksums": dict, "identity": dict, "watched": str, "place": dict, "history": dict}
_SQUARES = ("sum", "square_avg", "exp_avg_sq", "max_exp_avg_sq")  # of the optimizers here: what a root is taken of


class _Impossible(Exception):
    """A field that is wrong, and what it should be."""


def checked_identity(path: Path, words: Mapping[str, Any]) -> dict[str, str]:
    """Return the words that identify the training. Raises CheckpointError, naming the field, if one is wrong."""
    with _naming_the_file(path):
        for name, kind in _WORDS.items():
            _need(isinstance(words.get(name), kind), name, words.get(name), f"a {kind.__name__}")
        identity: dict[str, str] = words["identity"]
        for name, x in identity.items():
            _need(isinstance(x, str), f"identity.{name}", x, "a str")
    return identity


def refuse_impossible(run: Run, path: Path, arrays: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Raise CheckpointError, naming the field, for anything this training cannot have written."""
    with _naming_the_file(path):
        unknown = [*(set(words) - {*_WORDS, "schedule"}), *(set(words["identity"]) - set(run.identity))]
        _need(not unknown, "a field", ", ".join(sorted(unknown)), "one that is known")
        _need("schedule" in words, "schedule", None, "there")
        is_right = isinstance(words["schedule"], dict) if run.schedule is not None else words["schedule"] is None
        _need(is_right, "schedule", words["schedule"], "None" if run.schedule is None else "a dict")
        _check_arrays(run, arrays)
        _check_place(run, words["place"])
        _check_history(run, words["place"], words["history"])


@contextlib.contextmanager
def _naming_the_file(path: Path) -> Iterator[None]:
    """Turn _Impossible into the CheckpointError that names the file."""
    try:
        yield
    except _Impossible as error:
        raise CheckpointError(
            f"{path} {error}: it was edited or is damaged\n"
            "  try             restoring it, or deleting it to start again"
        ) from None


def _need(is_right: bool, name: str, x: object, wanted: str) -> None:
    if not is_right:
        shown = f"{x.dtype} {x.shape}" if is_array(x) else repr(x)
        raise _Impossible(f"has {name} {shown if len(shown) < 60 else shown[:59] + '…'}, which should be {wanted}")


def _check_arrays(run: Run, arrays: Mapping[str, Any]) -> None:
    theta = run.theta
    _need("theta" in arrays, "theta", None, "there")
    for name in ("theta", "best"):
        if name in arrays:
            x = arrays[name]
            is_right = x.dtype == theta.dtype and x.shape == theta.shape
            _need(is_right, name, x, f"{theta.dtype} {theta.shape}")
            _check_finite(name, x)
    here = {f"optimizer.{name}": np.asarray(x) for name, x in run.optimizer.state_dict().items()}
    differing = sorted({*here, "theta", "best"} ^ {*arrays, "theta", "best"})
    _need(not differing, "an array", ", ".join(differing), "there" if set(differing) <= set(here) else "absent")
    for name, wanted in here.items():
        _check_state(run, name, arrays[name], wanted)


def _check_state(run: Run, name: str, x: Array, wanted: Array) -> None:
    """Check one number, buffer or hyperparameter of the optimizer."""
    field = name.rpartition(".")[2]
    if field == "step":
        _check_step(run, name, x)
        return
    _need(x.shape == wanted.shape, name, x, f"of shape {wanted.shape}")
    is_buffer = x.shape == run.theta.shape and field not in vars(run.optimizer)
    if is_buffer:
        _need(x.dtype in (np.float64, np.float32), name, x, "float64 or float32")
        _check_finite(name, x)
        _need(field not in _SQUARES or bool((x >= 0).all()), name, float(x.min()), "0 or more everywhere")
    elif field == "lr":
        _need(x.dtype.kind in "fiu" and bool(0 <= x < math.inf), name, x.item(), "0 or more, and finite")
    else:
        is_right = x.dtype == wanted.dtype and bool((x == wanted).all())
        _need(is_right, name, x.tolist(), f"{wanted.tolist()}, as it says itself")


def _check_step(run: Run, name: str, x: Array) -> None:
    """Check the step count: one number, or one for each parameter if the loss does not reach all of them."""
    counts = run.theta.shape
    _need(x.shape in ((), counts), name, x, f"a whole number, or of shape {counts}")
    _need(x.dtype.kind in "iu" and bool((x >= 0).all()), name, x.tolist(), "whole numbers, 0 or more")
    _need(not x.ndim or bool((x != x[0]).any()), name, x.tolist(), "one number, because all are equal")


def _check_finite(name: str, x: Array) -> None:
    finite = np.isfinite(x)
    _need(bool(finite.all()), f"{name}[{int(np.argmin(finite))}]", float(x[np.argmin(finite)]), "finite")


def _check_place(run: Run, place: Mapping[str, Any]) -> None:
    """Check the epoch and the position in it against the number of samples and the batch size."""
    count, size = len(run.data.X), run.settings.batch_size
    _need(sorted(place) == sorted(_PLACE), "place", sorted(place), f"{', '.join(_PLACE)}")
    for name in ("epoch", "step", "samples", "waited"):
        _integer(f"place.{name}", place[name])
    for name in ("loss", "best"):
        _need(_is_number(place[name]) and not math.isnan(place[name]), f"place.{name}", place[name], "a number")
    steps = -(-count // size)
    _need(place["step"] <= steps, "place.step", place["step"], f"{steps} or less, the steps of an epoch")
    samples = min(place["step"] * size, count)
    _need(place["samples"] == samples, "place.samples", place["samples"], f"{samples}, those of its steps")
    _need(samples > 0 or place["loss"] == 0, "place.loss", place["loss"], "0 where an epoch begins")
    _need(place["waited"] <= place["epoch"], "place.waited", place["waited"], f"{place['epoch']} or less, the epochs")


def _check_history(run: Run, place: Mapping[str, Any], history: Mapping[str, Any]) -> None:
    """Check the columns (one number per epoch) and the number of steps against the position."""
    _need(sorted(history) == sorted(_HISTORY), "history", sorted(history), f"{', '.join(_HISTORY)}")
    columns, epochs = history["columns"], place["epoch"]
    _need(isinstance(columns, dict), "history.columns", columns, "a dict")
    for name, numbers in columns.items():
        is_right = isinstance(numbers, list) and all(map(_is_number, numbers))
        _need(is_right, f"history.columns.{name}", numbers, "a list of numbers")
        _need(len(numbers) <= epochs, f"history.columns.{name}", numbers, f"of {epochs} epochs")
    _need(len(columns.get("loss", [])) == epochs, "history.columns.loss", columns.get("loss"), f"of {epochs} epochs")
    _integer("history.steps", history["steps"])
    steps = epochs * -(-len(run.data.X) // run.settings.batch_size) + place["step"]
    _need(history["steps"] == steps, "history.steps", history["steps"], f"{steps}, those of its epochs")
    seconds = history["seconds"]
    _need(_is_number(seconds) and 0 <= seconds < math.inf, "history.seconds", seconds, "0 or more, and finite")
    stopped = history["stopped"]
    _need(stopped in _ENDS, "history.stopped", stopped, f"one of {', '.join(_ENDS[1:])}, or empty")
    seen = [math.inf, *columns.get("loss_after", []), *columns.get("val_loss", [])]
    is_of_the_start = place["waited"] == epochs and "val_loss" not in columns  # measured before the first epoch
    _need(place["best"] in seen or is_of_the_start, "place.best", place["best"], "a loss of the history")


def _is_number(x: object) -> bool:
    """Whether x is a number that fits into a float."""
    return isinstance(x, float) or (isinstance(x, int) and not isinstance(x, bool) and abs(x) < 2**63)


def _integer(name: str, x: object) -> None:
    _need(isinstance(x, int) and _is_number(x) and x >= 0, name, x, "a whole number, 0 or more")
