"""play(history): a training, snapshot by snapshot, as a page, in a terminal, in a notebook."""

from __future__ import annotations

import math
import os
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from autograd.util.language import language_of
from autograd.util.printable import printable
from autograd.util.sparkline import sparkline
from autograd.util.text_width import columns, padded
from autograd.viz.training.layout import EDGE, HEIGHT, TrainingLayout
from autograd.viz.training.outcome import heights as below_the_top
from autograd.viz.training.packing import ALPHABET, pack, pack_shades, rounded, spelled
from autograd.viz.training.plane import THRESHOLDS, heights
from autograd.viz.training.record import Floats, TrainingRecord, largest
from autograd.viz.training.sequences import packed_shares
from autograd.viz.training.svg import training_svg
from autograd.viz.web.words import training_words
from autograd.viz.write.numbers import figure, subscript
from autograd.viz.write.page import Mode, NotebookView, scrolling
from autograd.viz.write.player_page import data_url, player_element, save_page

__all__ = ["TrainingPlayer", "training_player"]

LINES = 24  # of the table in a terminal, which has as many at least
MOST_PIXELS = 100_000  # each is a character of the page
NOT_IN_THE_SCRIPT = (
    "attention", "attention_key", "head", "invented", "probabilities", "probabilities_some",
    "alt", "curve", "gradient_all", "gradient_some", "inputs", "logarithmic", "loss", "more",
    "a_target", "confusion", "given_class", "negative", "parameter", "parameters", "picture", "plane", "positive",
    "scatter", "summary", "table", "target_class", "title", "training", "validation", "value", "wider",
)  # fmt: skip


def training_player(history: object, mode: Mode = "auto", language: str | None = None) -> TrainingPlayer:
    """The player of a training that kept snapshots: a history, its ``snapshots``, or what their ``to_dict()`` gives.

    mode: "static" for a picture of the last snapshot in a notebook, for where no script runs. language: "en", "zh", or
    as the system has it. Raises ValueError for a history without snapshots.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> history = nn.fit(model, [[0.0], [1.0]], [1.0, 3.0], lr=0.5, epochs=2, record=True)
    >>> print(training_player(history, language="en"))
    MLP 1-1, 3 snapshots of epochs 0 to 2
    loss  █▃▁  7.88 → 1.74
    epoch  loss  largest |gradient|: layers[0]
        0  7.88                           4.84
        1  4.17                           3.34
        2  1.74                           1.88
    """
    record: Any = getattr(history, "snapshots", history)
    if record is None:
        raise ValueError(
            "this history kept no snapshots, so there is nothing to play\n"
            "  try             nn.fit(…, record=True), or record=nn.Snapshots(every=10)"
        )
    for plain in ("arrays", "to_dict"):
        if hasattr(record, plain):
            record = getattr(record, plain)()
    return TrainingPlayer(TrainingRecord(record), mode, language)


class TrainingPlayer(NotebookView):
    """A training to go through: shown in a notebook, printed as a table, saved as a page."""

    def __init__(self, record: TrainingRecord, mode: Mode = "auto", language: str | None = None) -> None:
        super().__init__(mode)
        self.record, self.language = record, language_of(language)
        self._words = training_words(self.language)
        self._layout = TrainingLayout(record)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Made again from its record, which earlier versions called a film: a pickle of theirs is read too."""
        record = state["record"] if "record" in state else state["film"]
        TrainingPlayer.__init__(self, record, state["mode"], state["language"])

    def __len__(self) -> int:
        return len(self.record)

    def svg(self, snapshot: int = -1) -> str:
        """One snapshot as SVG; by default the last."""
        return training_svg(self._layout, self._words, self._alt, snapshot)

    @cached_property
    def html(self) -> str:
        """The player, to be part of a page: an image and a table, which its script makes a player of."""
        content = scrolling(escape(data_url(self.svg())), self._alt, "picture") + self._table()
        attributes = f' lang="{self.language}" style="--autograd-width:{self._layout.width + 2:g}px"'
        return player_element("training", content, self._data(), attributes)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write one page that works from disk, and return its path. Raises ValueError for a suffix other than .html."""
        return save_page(path, self._words.say("title", self.record.model), self.html, self.language)

    def __str__(self) -> str:
        record, words = self.record, self._words
        count = min(LINES, len(record))
        shown = sorted({round(i * (len(record) - 1) / max(1, count - 1)) for i in range(count)})
        gradients = [name for name, _, _ in record.largest]
        gradients[:1] = [f"{words['largest']}: {name}" for name in gradients[:1]]
        head = [words["epoch"], words["loss"], *map(printable, record.metrics), *gradients]
        rows = [self._row(i) for i in shown]
        widths = [max(columns(row[k]) for row in [head, *rows]) for k in range(len(head))]
        lines = ["  ".join(padded(x, n, right=True) for x, n in zip(row, widths, strict=True)) for row in [head, *rows]]
        about = self._words.say("summary", record.model, len(record), f"{record.epochs[0]:g}", f"{record.epochs[-1]:g}")
        ends = f"{figure(record.losses[0])} → {figure(record.losses[-1])}"
        texts = [] if record.sequences is None else record.sequences.invented
        invented = [
            f"{words['invented']}, {words['epoch']} {record.epochs[i]:g}: {printable(', '.join(texts[i]), 200)}"
            for i in dict.fromkeys((0, len(texts) - 1))
            if texts
        ]
        return "\n".join([about, f"{words['loss']}  {sparkline(record.losses)}  {ends}", *lines, *invented])

    def __repr__(self) -> str:
        return f"TrainingPlayer({len(self)} snapshots of {self.record.model})"

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _alt(self) -> str:
        """For a reader who cannot see the picture."""
        record = self.record
        size, name = self._largest(-1)
        ends = f"{record.epochs[0]:g}", f"{record.epochs[-1]:g}", figure(record.losses[0]), figure(record.losses[-1])
        return self._words.say("alt", record.model, *ends, figure(size), name)

    def _frame(self, i: int) -> tuple[str, ...]:
        """The fields of the sentence on one snapshot: epoch, loss, largest gradient, of which parameter; metrics."""
        size, name = self._largest(i)
        metrics = zip(self.record.metrics, (texts[i] for texts in self._layout.metric_texts), strict=True)
        said = "".join(f", {metric} {number}" for metric, number in metrics if number != "–")
        return f"{self.record.epochs[i]:g}", figure(self.record.losses[i]), figure(size), name, said

    def _largest(self, i: int) -> tuple[float, str]:
        """The largest |gradient| of a snapshot, and of which parameter."""
        candidates = [(float(sizes[i]), names[i]) for _, sizes, names in self.record.largest]
        return max(candidates, key=lambda x: (not math.isnan(x[0]), x[0]), default=(0.0, "–"))

    def _row(self, i: int) -> list[str]:
        record = self.record
        return [
            f"{record.epochs[i]:g}",
            figure(record.losses[i]),
            *(texts[i] for texts in self._layout.metric_texts),
            *(figure(float(sizes[i])) for _, sizes, _ in record.largest),
        ]

    def _table(self) -> str:
        """All snapshots, for where no script runs."""
        words = self._words
        gradients = (f"{words['largest']}, {name}" for name, _, _ in self.record.largest)
        heads = [words["epoch"], words["loss"], *self.record.metrics, *gradients]
        head = "".join(f'<th scope="col">{escape(x)}' for x in heads)
        rows = "".join(f"<tr><td>{'<td>'.join(self._row(i))}" for i in range(len(self)))
        summary = escape(self._words.say("table", len(self)))
        return f"<details><summary>{summary}</summary><table><thead><tr>{head}<tbody>{rows}</table></details>"

    # ── what the script gets ────────────────────────────────────────────────────────────────────────────────────────

    def _data(self) -> dict[str, Any]:
        record, layout, every = self.record, self._layout, range(len(self))
        shown = record.parameters[:, record.shown_parameters], record.gradients[:, record.shown_parameters]
        plane, curve = self._plane()
        nothing = np.empty(0)
        words = self._words | {"gradient": self._gradient()}
        return {
            "words": {name: escape(word) for name, word in words.items() if name not in NOT_IN_THE_SCRIPT},
            "alphabet": ALPHABET,
            "frames": [self._frame(i) for i in every],
            "parts": [name for name, _, _ in record.largest],
            "largest": [[figure(float(sizes[i])) for _, sizes, _ in record.largest] for i in every],
            "marks": [layout.marks, *layout.metric_marks],
            "metrics": layout.metric_texts,
            "network": [layout.above[0].width, layout.narrowest, EDGE, layout.above[1].width, HEIGHT],
            "samples": self._samples(),
            "outcome": self._outcome(),
            "heat": self._heat(),
            "columns": [
                {"top": top, "word": column.word, "gap": column.gap, "keeps": keeps}
                for column, top, keeps in zip(record.columns, rounded(layout.tops), [[], *record.keeps], strict=False)
            ],
            "nodes": self._nodes(),
            "inputs": rounded(record.inputs),
            "most": rounded([largest(shown[0])])[0],
            "numbers": [pack(x) for x in (*shown, record.activations if record.columns else nothing, curve)],
            "plane": plane,
            "pixels": self._pixels(),
        }

    def _gradient(self) -> str:
        """The word for a gradient: it stands beside the numbers of one sample and is of all, or of some."""
        samples = self.record.samples
        return self._words.say(
            "gradient_all" if samples["used"] == samples["all"] else "gradient_some", samples["used"]
        )

    def _pixels(self) -> dict[str, Any] | None:
        """All weights of the first layer's shown neurons, where the inputs are a picture and there is room."""
        record, side = self.record, self._layout.pixels
        shown = record.columns[1].shown if side else ()
        if not 0 < len(self) * len(shown) * side**2 <= MOST_PIXELS:
            return None
        weights = record.parameters[:, [record.layers[0]["weights"][n] for n in shown]]
        return {"side": side, "shades": pack_shades(weights / largest(weights))}

    def _samples(self) -> dict[str, Any] | None:
        """The samples that may be chosen in the plot: their inputs, targets, and numbers among the data."""
        choices, plot = self.record.choices, self._layout.plane or self._layout.outcome
        if choices is None or plot is None:
            return None
        targets = [self.record.target_of(y) for y in choices.y]
        index, own = list(choices.index), self.record.sample["index"]
        return {
            "numbers": [pack(choices.x), pack(np.array([math.nan if y is None else y for y in targets], float))],
            "index": None if index == list(range(len(index))) else index,
            "own": index.index(own) if own in index else -1,
            "formulas": choices.formulas,
            "plot": {
                "across": plot.across,
                "x": [plot.x, plot.x + plot.width],
                "up": plot.up,
                "y": [plot.y + plot.height, plot.y],
            },
        }

    def _outcome(self) -> dict[str, Any] | None:
        """What the model gives for the samples, in each snapshot: counts, or heights in tenths of a pixel."""
        outcome, plot = self.record.outcome, self._layout.outcome
        if outcome is None or plot is None:
            return None
        if outcome.kind == "confusion":
            return {"counts": outcome.numbers.astype(int).ravel().tolist()}
        below = np.rint(10 * below_the_top(plot, outcome.numbers)).astype(np.intp).ravel()
        places = [plot.at(target, plot.up[0])[0] for target in outcome.targets.tolist()]
        return {"x": places, "top": plot.y, "below": spelled(below, 2)}

    def _heat(self) -> dict[str, Any] | None:
        """The cells of the heat maps of a model of tokens, and what it invents, in each snapshot."""
        seen = self.record.sequences
        return None if seen is None else {"shares": packed_shares(seen), "texts": seen.invented}

    def _nodes(self) -> list[tuple[int, float, float, float, str]]:
        """(column, left edge, middle, right edge, name) of each box."""
        nodes = []
        for c, (column, spots) in enumerate(zip(self.record.columns, self._layout.spots, strict=True)):
            names = [f"x{subscript(n + 1)}" for n in column.shown] if column.is_input else self.record.neurons(c - 1)
            nodes += [(c, spot.x, spot.y, spot.x + spot.width, name) for spot, name in zip(spots, names, strict=True)]
        return nodes

    def _plane(self) -> tuple[dict[str, Any] | None, Floats]:
        """The data of the plane, and the heights of a curve."""
        record, plot = self.record, self._layout.plane
        if record.plane is None or plot is None:
            return None, np.empty(0)
        kind, shades = record.plane.kind, record.shades
        if kind == "curve":
            return {"step": plot.width / (shades.shape[1] - 1)}, heights(plot, shades)
        drawn: dict[str, Any] = {"side": shades.shape[-1], "thresholds": THRESHOLDS, "borders": int(kind == "sides")}
        if kind != "classes":
            return {**drawn, "shades": pack_shades(shades)}, np.empty(0)
        both = [spelled(frame[0].astype(np.intp).ravel(), 1) + pack_shades(frame[1]) for frame in shades]
        names = record.plane.names
        return {**drawn, "shades": "".join(both), "classes": names, "borders": len(names)}, np.empty(0)
