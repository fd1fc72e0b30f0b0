"""Snapshots: a training, kept at a few of its moments, to be gone through afterwards. ``autograd.play`` shows it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.util.arrays import Array
from autograd.util.printable import kind_of
from nn.inspect.probe import ModelProbe, Observed
from nn.optim.settings import integer

__all__ = ["Snapshot", "Snapshots"]


class Snapshots:
    """What ``fit(record=…)`` keeps of a training: the moment before it, the last, and some between, as it was then.

    every: so many epochs lie between two that are kept. most: no more are kept; where there would be, every second is
    forgotten and the distance doubled. at: the sample whose activations are kept, its number or an input; by default
    the first. Raises ValueError for an ``every`` below 1 or a ``most`` below 2, and, when the training begins, for a
    sample that is not there.

    During the training it copies the parameters; everything else is computed from them afterwards, once: the loss and
    its gradient over (at most 1,000 of) the samples, the activations of each neuron, and the model's output over the
    range of the data where it has one or two inputs. Among the ``callbacks`` of ``fit`` it begins after an epoch.

    >>> import nn
    >>> X, y = nn.data.moons(20, seed=0)
    >>> history = nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=7, record=Snapshots(every=2))
    >>> [snapshot.epoch for snapshot in history.snapshots]
    [0, 2, 4, 6, 7]
    >>> history.snapshots[-1].parameters.shape, history.snapshots[-1].outputs.shape
    ((13,), (24, 24, 1))
    """

    _probe: ModelProbe | None = None  # of the training under way; not in a pickle

    def __init__(self, every: int = 1, most: int = 60, at: ArrayLike | None = None) -> None:
        self.every, self.most, self.at = integer("every", every, 1), integer("most", most, 2), at
        self._thinned = _Thinned(self.every, self.most)
        self._run: Observed | None = None
        self._about: dict[str, Any] = {}

    @classmethod
    def of(cls, record: bool | int | Snapshots | None) -> Snapshots | None:
        """The recorder that ``fit(record=…)`` means: one that was made, one of every so many epochs, of all, or none.

        >>> Snapshots.of(True), Snapshots.of(5), Snapshots.of(None)
        (Snapshots(every=1, most=60, at=None), Snapshots(every=5, most=60, at=None), None)
        """
        if record is None or record is False:
            return None
        return record if isinstance(record, Snapshots) else cls(1 if record is True else record)

    # ── what fit calls ──────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, run: Observed) -> None:
        """Before a training's first step: what is kept of another is forgotten, and this moment is the first."""
        self._thinned, self._about = _Thinned(self.every, self.most), {}
        self._probe, self._run = ModelProbe(run, self.at), run
        run.history.snapshots = self
        self._keep(run, run.epoch)

    def __call__(self, run: Observed) -> None:
        """After each epoch."""
        if run is not self._run:
            self.begin(run)
        elif self._thinned.place < run.epoch:
            self._keep(run, run.epoch)

    def end(self, run: Observed) -> None:
        """After a training's last step: what is left to compute is computed, and the model is let go."""
        if run is not self._run:
            return
        moment = run.epoch + round(run.place.samples / len(run.data.X), 3)  # the last epoch may not be over
        if self._thinned.place < moment:
            self._keep(run, moment)
        try:
            self._compute()
        except Exception as error:  # it would be a pity to lose a training for its pictures
            warnings.warn(f"no snapshots are kept of this training: {kind_of(error)}: {error}", stacklevel=2)
            run.history.snapshots = None
        self._probe = self._run = None

    @contextmanager
    def watching(self, run: Observed) -> Iterator[None]:
        """From before a training's first step until after its last, however it ends."""
        self.begin(run)
        try:
            yield
        finally:
            self.end(run)

    def _keep(self, run: Observed, epoch: float) -> None:
        assert self._probe is not None
        seen = run.history.get("val_loss", [])
        held_out = seen[-1] if seen and epoch == int(epoch) and len(seen) == epoch else None
        metrics = _metrics(run.history, epoch)
        parameters = self._probe.parameters(run.theta)
        self._thinned.offer(epoch, Snapshot(epoch, parameters, val_loss=held_out, metrics=metrics))

    def _compute(self) -> None:
        if self._probe is not None:
            probe = self._probe
            self._thinned.change(lambda x: x if x.is_whole else replace(x, **probe.seen(x.parameters)))
            self._about = probe.about()

    # ── what was kept ───────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def kept(self) -> list[Snapshot]:
        """The snapshots, the earliest first."""
        self._compute()
        return [snapshot for _, snapshot in self._thinned.items()]

    def __len__(self) -> int:
        return len(self._thinned.items())

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self.kept)

    def __getitem__(self, i: int) -> Snapshot:
        return self.kept[i]

    def arrays(self) -> dict[str, Any]:
        """What ``to_dict`` gives, with the snapshots' numbers in arrays."""
        snapshots = [vars(snapshot) for snapshot in self.kept]
        return {**self._about, "snapshots": snapshots}

    def to_dict(self) -> dict[str, Any]:
        """Everything as numbers, lists and words, as JSON has them.

        Of the training: "model", "loss" (its name), "names" of the parameters, "layers" (each with its "name",
        "activation", and which parameters are its "weights" and "biases"), or None and in "note" why; "sample", whose
        activations are kept; "points", some of the data: "x" (None of inputs with more than 16 numbers), "y" and their
        "index"; "axes", the range of each input; "samples", how many there are and how many were looked at; and the
        "snapshots".
        """
        return _plain(self.arrays())  # type: ignore[no-any-return]

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles have what was kept, without the model and its programs."""
        self._compute()
        return {**vars(self), "_probe": None, "_run": None}

    def __repr__(self) -> str:
        return f"Snapshots(every={self.every}, most={self.most}, at={self.at!r})"

    def __str__(self) -> str:
        snapshots = self.kept
        if not snapshots:
            return "no snapshots yet: fit(…, record=True) makes them"
        about = f"of {self._about['model']}, epochs {snapshots[0].epoch} to {snapshots[-1].epoch}"
        return f"{len(snapshots)} snapshot{'s' * (len(snapshots) > 1)} {about}: autograd.play(history) shows them"


@dataclass(frozen=True)
class Snapshot:
    """A model as it was after so many epochs: its parameters, and what follows from them.

    loss: the mean over the samples. val_loss: of the validation data, if there were any. gradient: of the loss, in each
    parameter. activations: of each neuron of each layer, for the chosen sample; None for what is no stack of layers.
    outputs: over the range of the data, (y, x, outputs) for two inputs, (x, outputs) for one; else None. answers: of
    the samples that are drawn, (samples, outputs), where there are more than two inputs. metrics: those that ``fit``
    computed after the epoch, by name.
    """

    epoch: float
    parameters: Array
    loss: float = np.nan
    val_loss: float | None = None
    gradient: Array | None = None
    activations: tuple[tuple[float, ...], ...] | None = None
    outputs: Array | None = None
    answers: Array | None = None
    metrics: dict[str, float] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything has been computed."""
        return self.gradient is not None


class _Thinned:
    """Of snapshots at rising places: the first, the last, and between them those at multiples of a growing distance."""

    def __init__(self, distance: int, most: int) -> None:
        self.distance, self.most = distance, most
        self.first: tuple[float, Snapshot] | None = None
        self.last: tuple[float, Snapshot] | None = None
        self.between: list[tuple[float, Snapshot]] = []

    @property
    def place(self) -> float:
        """The last that was offered."""
        return max((end[0] for end in (self.first, self.last) if end), default=-math.inf)

    def offer(self, place: float, snapshot: Snapshot) -> None:
        """The next one, which is the last for now."""
        if self.first is None:
            self.first = place, snapshot
            return
        if self.last is not None and self.last[0] % self.distance == 0:
            self.between.append(self.last)
        self.last = place, snapshot
        while len(self.between) > self.most - 2:
            self.distance *= 2
            self.between = [kept for kept in self.between if kept[0] % self.distance == 0]

    def items(self) -> list[tuple[float, Snapshot]]:
        """(place, snapshot) of each that is kept."""
        ends = [end for end in (self.first, self.last) if end is not None]
        return [*ends[:1], *self.between, *ends[1:]]

    def change(self, into: Callable[[Snapshot], Snapshot]) -> None:
        """Put something else in the place of each."""
        self.between = [(place, into(snapshot)) for place, snapshot in self.between]
        self.first, self.last = [end and (end[0], into(end[1])) for end in (self.first, self.last)]


def _metrics(history: Mapping[str, list[float]], epoch: float) -> dict[str, float]:
    """What was measured besides the losses after this epoch; nothing in the middle of one."""
    rows = {name: column for name, column in history.items() if name not in ("loss", "val_loss", "loss_after")}
    return {name: column[-1] for name, column in rows.items() if len(column) == epoch and not math.isnan(column[-1])}


def _plain(data: object) -> Any:
    if isinstance(data, dict):
        return {name: _plain(x) for name, x in data.items()}
    if isinstance(data, np.ndarray):
        return data.tolist()
    return [_plain(x) for x in data] if isinstance(data, (list, tuple)) else data
