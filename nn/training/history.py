"""History: the numbers of a training, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd.errors import MissingExtraError
from autograd.util.printable import printable
from autograd.util.sparkline import sparkline
from autograd.util.suggestions import Advised, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["History"]


class History(Advised, dict[str, list[float]]):
    """The numbers of a training as a dict: ``history["loss"]`` is a list with one number per epoch, as is each metric.

    Names that begin with "val_" refer to the validation data. "loss" is the mean over an epoch's batches, while the
    parameters move. "loss_after", which exists with ``patience`` and no validation data, is the loss on the training
    data at the end of the epoch.

    stopped: why training ended: "epochs", "stop_below", "patience", "max_steps", "callback" or "interrupted".
    steps: the number of optimizer steps.
    seconds: the time spent, including that before a checkpoint.
    classes: the labels, if y was text, sorted: this is the order of the model's outputs.
    snapshots: the snapshots, if ``fit`` was asked to record them; ``autograd.play(history)`` shows them.
    (``to_dict``, and so a checkpoint, includes neither classes nor snapshots.)

    >>> history = History({"loss": [1.0, 0.5, 0.25]})
    >>> history["loss"][-1], history.epochs
    (0.25, 3)
    >>> print(history)
    3 epochs
    loss  █▃▁  1 → 0.25
    """

    def __init__(
        self, columns: Mapping[str, list[float]] | None = None, steps: int = 0, seconds: float = 0.0, stopped: str = ""
    ) -> None:
        super().__init__({name: list(numbers) for name, numbers in (columns or {}).items()})
        self.steps, self.seconds, self.stopped = steps, seconds, stopped
        self.snapshots: Any = None
        self.classes: NDArray[Any] | None = None

    def __missing__(self, name: str) -> list[float]:
        known = ", ".join(self) or "nothing yet"
        like = did_you_mean(name, self)
        raise KeyError(f"no {name!r} in this history{f' ({like})' if like else ''}; it has {known}")

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickle, also one of version 0.1, whose histories were not dicts."""
        self.update(state.get("_columns", {}))
        vars(self).update({"classes": None, **{name: x for name, x in state.items() if name != "_columns"}})

    @property
    def epochs(self) -> int:
        """The number of whole epochs."""
        return max((len(numbers) for numbers in self.values()), default=0)

    def add(self, numbers: Mapping[str, float]) -> None:
        """Add an epoch. A number that earlier epochs did not have is nan there."""
        before = self.epochs
        for name, number in numbers.items():
            column = self.setdefault(name, [])
            column.extend([math.nan] * (before - len(column)))  # a metric may be asked for later
            column.append(float(number))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain numbers, lists and strings, for ``History.from_dict``."""
        columns = {name: list(numbers) for name, numbers in self.items()}
        return {"columns": columns, "steps": self.steps, "seconds": self.seconds, "stopped": self.stopped}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> History:
        """Rebuild the history that ``to_dict`` returned."""
        return cls(fields["columns"], fields["steps"], fields["seconds"], fields["stopped"])

    def to_frame(self) -> Any:
        """Return the numbers as a pandas DataFrame: a column for each name, a row for each epoch, counted from 1.

        A shorter column ends with nan, for example a metric if the last epoch was interrupted. Raises MissingExtraError
        without pandas. (``pandas.DataFrame(history)`` gives the same with rows counted from 0.)
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("to_frame needs pandas: pip install pandas") from error
        index = pandas.RangeIndex(1, self.epochs + 1, name="epoch")
        columns = {name: numbers + [math.nan] * (self.epochs - len(numbers)) for name, numbers in self.items()}
        return pandas.DataFrame(columns, index=index)

    def plot(self) -> Any:
        """Plot the loss, and each metric below it, over the epochs. Return a matplotlib figure.

        Without matplotlib (pip install 'scalar-autograd[plot]') the result is text with bars. A notebook shows either;
        nothing else is drawn, and no matplotlib backend is chosen.
        """
        try:
            from nn.training.plot import Figure
        except ImportError:
            return _Words(str(self))
        families: dict[str, list[str]] = {}
        for name in self:
            families.setdefault(name.removeprefix("val_"), []).append(name)
        figure = Figure(figsize=(6.4, 2.6 * max(1, len(families))), layout="constrained")
        axes = figure.subplots(max(1, len(families)), 1, squeeze=False, sharex=True)[:, 0]
        for axis, (family, names) in zip(axes, families.items(), strict=False):
            for name in names:
                numbers = self[name]
                axis.plot(range(1, len(numbers) + 1), numbers, marker="o", markersize=3, label=name)
            axis.set_ylabel(family)
            axis.legend(loc="best", frameon=False)
        axes[-1].set_xlabel("epoch")
        return figure

    def __str__(self) -> str:
        width = max((len(printable(name)) for name in self), default=0)
        lines = [self._ended()]
        for name, numbers in self.items():
            ends = f"{numbers[0]:.4g} → {numbers[-1]:.4g}{self._lowest(name)}" if numbers else "no epoch yet"
            lines.append(f"{printable(name):<{width}}  {_bars(numbers)}  {ends}")
        return "\n".join([*lines, *self._to_play()])

    def _ended(self) -> str:
        """Say how many epochs there were, and why training ended."""
        ended = "interrupted" if self.stopped == "interrupted" else f"ended by {self.stopped}"
        why = f", {ended}" if self.stopped not in ("", "epochs") else ""
        return f"{self.epochs} epoch{'s' * (self.epochs != 1)}{why}"

    def _lowest(self, name: str) -> str:
        """Say where a loss was lowest, if it has risen again since."""
        known = [x for x in self[name] if not math.isnan(x)]
        if name not in ("loss", "loss_after", "val_loss") or not known or min(known) == self[name][-1]:
            return ""
        return f", lowest {min(known):.4g} in epoch {self[name].index(min(known)) + 1}"

    def _to_play(self) -> list[str]:
        """Say that there are snapshots, and how to watch them."""
        if self.snapshots is None:
            return []
        count = len(self.snapshots)
        return [f"{count} snapshot{'s' * (count != 1)}: autograd.play(history)"]

    def __repr__(self) -> str:
        last = ", ".join(f"{printable(name)} {numbers[-1]:.4g}" for name, numbers in self.items() if numbers)
        return f"<history of {self.epochs} epochs: {last}>" if last else "<history of no epochs>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _repr_html_(self) -> str:
        from html import escape  # a table is seldom wanted

        names = list(self)
        about = f"{self._ended()}, {self.steps} step{'s' * (self.steps != 1)} in {self.seconds:.3g} s"
        lowest = [name + self._lowest(name).removeprefix(",") for name in names if self._lowest(name)]
        head = "".join(f"<th>{escape(name)}</th>" for name in ["epoch", *names])
        bars = "".join(f"<td>{_bars(self[name], 12)}</td>" for name in names)
        shown = range(self.epochs) if self.epochs <= 12 else [*range(5), *range(self.epochs - 5, self.epochs)]
        rows, before = [], -1
        for i in shown:
            if i != before + 1:
                rows.append(f"<tr><td colspan={len(names) + 1}>…</td></tr>")
            numbers = [self[name][i : i + 1] for name in names]  # one may have ended before
            cells = "".join(f"<td>{x[0]:.5g}</td>" if x else "<td></td>" for x in numbers)
            rows.append(f"<tr><td>{i + 1}</td>{cells}</tr>")
            before = i
        caption = escape("; ".join([about, *lowest, *self._to_play()]))
        head = f"<thead><tr>{head}</tr><tr><td></td>{bars}</tr></thead>"
        return f"<table><caption>{caption}</caption>{head}<tbody>{''.join(rows)}</tbody></table>"


class _Words(str):
    """Text that a notebook or an interpreter shows as it is, with its line breaks."""

    def __repr__(self) -> str:
        return str(self)


def _bars(numbers: list[float], width: int = 40) -> str:
    """Draw a column as bars; an epoch without a number is left out."""
    return sparkline([x for x in numbers if not math.isnan(x)], width)
