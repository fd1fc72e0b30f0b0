"""Snapshots: a training recorded at a few moments, to replay afterwards with ``autograd.play``."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from autograd.util.arrays import Array
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import kind_of
from nn.inspect.probe import ModelProbe, Observed
from nn.optim.settings import integer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Snapshot", "Snapshots"]


class Snapshots:
    """A recorder for ``fit(record=…)``: it keeps the moment before training, the last one, and some between.

    every: the number of epochs between two snapshots.
    most: the largest number of snapshots; beyond it, every second one is dropped and the interval doubled.
    at: the sample whose activations are kept: its index, or an input. The default is the first sample.

    During training it only copies the parameters. Everything else is computed once, afterwards: the loss and its
    gradient over the samples (at most 1,000), each neuron's activation, and the model's output over the range of the
    data if it has one or two inputs. As one of ``fit``'s ``callbacks`` it starts after the first epoch.

    Raises ValueError for an ``every`` below 1 or a ``most`` below 2, and, when training begins, for a sample that does
    not exist.

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
        """Return the recorder that ``fit(record=…)`` means: a given one, one for every n-th or every epoch, or None.

        >>> Snapshots.of(True), Snapshots.of(5), Snapshots.of(None)
        (Snapshots(every=1, most=60, at=None), Snapshots(every=5, most=60, at=None), None)
        """
        if record is None or record is False:
            return None
        return record if isinstance(record, Snapshots) else cls(1 if record is True else record)

    # ── what fit calls ──────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, run: Observed) -> None:
        """Start recording before a training's first step, and forget any earlier training."""
        self._thinned, self._about = _Thinned(self.every, self.most), {}
        self._probe, self._run = ModelProbe(run, self.at), run
        run.history.snapshots = self
        self._keep(run, run.epoch)

    def __call__(self, run: Observed) -> None:
        """Record an epoch, as a callback."""
        if run is not self._run:
            self.begin(run)
        elif self._thinned.place < run.epoch:
            self._keep(run, run.epoch)

    def end(self, run: Observed) -> None:
        """Finish recording after a training's last step: compute the rest and release the model."""
        if run is not self._run:
            return
        moment = run.epoch + round(run.place.samples / len(run.data.X), 3)  # the last epoch may not be over
        if self._thinned.place < moment:
            self._keep(run, moment)
        try:
            self._compute()
        except Exception as error:  # it would be a pity to lose a training for its pictures
            warnings.warn(
                f"the snapshots of this training could not be computed: {kind_of(error)}: {error}", stacklevel=2
            )
            run.history.snapshots = None
        self._probe = self._run = None

    @contextmanager
    def watching(self, run: Observed) -> Iterator[None]:
        """Record a training from before its first step until after its last, however it ends."""
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
        """The snapshots, earliest first."""
        self._compute()
        return [snapshot for _, snapshot in self._thinned.items()]

    def __len__(self) -> int:
        return len(self._thinned.items())

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self.kept)

    def __getitem__(self, i: int) -> Snapshot:
        return self.kept[i]

    def arrays(self) -> dict[str, Any]:
        """Return what ``to_dict`` returns, but with the snapshots' numbers in arrays."""
        snapshots = [vars(snapshot) for snapshot in self.kept]
        return {**self._about, "snapshots": snapshots}

    def to_dict(self) -> dict[str, Any]:
        """Return everything as numbers, lists and strings, ready for JSON.

        About the training there are: "model"; "loss", its name; "names", those of the parameters; "layers", each with
        its "name", "activation" and the indices of its "weights" and "biases", or None with the reason in "note";
        "sample", whose activations are kept; "points", part of the data, with "x" (None if an input has more than 16
        numbers), "y" and "index"; "axes", the range of each input; "samples", the number of all and of those used;
        "sequence", the names of tokens of a model like ``nn.GPT``; and the "snapshots".
        """
        return _plain(self.arrays())  # type: ignore[no-any-return]

    def __getstate__(self) -> dict[str, Any]:
        """Copy or pickle the snapshots without the model and its programs."""
        self._compute()
        return {**vars(self), "_probe": None, "_run": None}

    def __repr__(self) -> str:
        return f"Snapshots(every={self.every}, most={self.most}, at={self.at!r})"

    def __str__(self) -> str:
        snapshots = self.kept
        if not snapshots:
            return "no snapshots yet: record them with fit(…, record=True)"
        about = f"of {self._about['model']}, epochs {snapshots[0].epoch} to {snapshots[-1].epoch}"
        return f"{len(snapshots)} snapshot{'s' * (len(snapshots) > 1)} {about}: autograd.play(history) shows them"


@dataclass(frozen=True)
class Snapshot:
    """A model at one moment of its training: its parameters, and everything computed from them.

    epoch: the number of epochs done.
    parameters: (parameters,), their numbers.
    loss: the mean loss over the samples.
    val_loss: the loss on the validation data, if there are any.
    gradient: (parameters,), the gradient of the loss.
    activations: the output of each neuron in each layer, for the chosen sample; None if the model is not a stack of
    layers.
    outputs: the model's output over the range of the data: (y, x, outputs) for two inputs, (x, outputs) for one, else
    None.
    answers: (samples, outputs), the outputs for the samples that are drawn, if there are more than two inputs.
    metrics: the metrics that ``fit`` computed after the epoch, by name.
    sequence: of a model of tokens, as ``nn.GPT``, for the chosen sample: "attention", (heads, tokens, tokens), and the
    "probabilities" of the next token, (tokens, vocabulary); and what the model "invented", five texts.
    """

    epoch: float
    parameters: Array
    loss: float = math.nan
    val_loss: float | None = None
    gradient: Array | None = None
    activations: tuple[tuple[float, ...], ...] | None = None
    outputs: Array | None = None
    answers: Array | None = None
    metrics: dict[str, float] | None = None
    sequence: dict[str, Any] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything has been computed."""
        return self.gradient is not None


class _Thinned:
    """A limited number of snapshots: the first, the last, and between them those at multiples of a growing distance."""

    def __init__(self, distance: int, most: int) -> None:
        self.distance, self.most = distance, most
        self.first: tuple[float, Snapshot] | None = None
        self.last: tuple[float, Snapshot] | None = None
        self.between: list[tuple[float, Snapshot]] = []

    @property
    def place(self) -> float:
        """The epoch of the last snapshot offered."""
        return max((end[0] for end in (self.first, self.last) if end), default=-math.inf)

    def offer(self, epoch: float, snapshot: Snapshot) -> None:
        """Take the next snapshot, which is the last for now."""
        if self.first is None:
            self.first = epoch, snapshot
            return
        if self.last is not None and self.last[0] % self.distance == 0:
            self.between.append(self.last)
        self.last = epoch, snapshot
        while len(self.between) > self.most - 2:
            self.distance *= 2
            self.between = [entry for entry in self.between if entry[0] % self.distance == 0]

    def items(self) -> list[tuple[float, Snapshot]]:
        """Return (epoch, snapshot) for each snapshot kept."""
        ends = [end for end in (self.first, self.last) if end is not None]
        return [*ends[:1], *self.between, *ends[1:]]

    def change(self, into: Callable[[Snapshot], Snapshot]) -> None:
        """Replace each snapshot by what ``into`` returns for it."""
        self.between = [(epoch, into(snapshot)) for epoch, snapshot in self.between]
        self.first, self.last = [end and (end[0], into(end[1])) for end in (self.first, self.last)]


def _metrics(history: Mapping[str, list[float]], epoch: float) -> dict[str, float]:
    """Return the metrics measured after this epoch, without losses; nothing in the middle of an epoch."""
    rows = {name: column for name, column in history.items() if name not in ("loss", "val_loss", "loss_after")}
    return {name: column[-1] for name, column in rows.items() if len(column) == epoch and not math.isnan(column[-1])}


def _plain(data: object) -> Any:
    if isinstance(data, dict):
        return {name: _plain(x) for name, x in data.items()}
    if is_array(data):
        return data.tolist()
    return [_plain(x) for x in data] if isinstance(data, (list, tuple)) else data
