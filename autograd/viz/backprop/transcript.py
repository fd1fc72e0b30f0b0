"""A backward pass as lines of a terminal: a heading for each value that passes on, and under it what it passes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd.util.catalogue import Catalogue
from autograd.util.language import Language
from autograd.util.text_width import columns, padded
from autograd.viz.backprop.frames import Place, is_kept
from autograd.viz.web.words import words
from autograd.viz.write.numbers import signed

if TYPE_CHECKING:
    from autograd.viz.backprop.record import Steps

__all__ = ["endings", "remarks", "slopes", "transcript"]

WIDEST = 46
MOST_NAMES = 3
LARGEST = 500
"""More values than can be played at once: of a larger graph a part is proposed, and not all of it."""


def transcript(steps: Steps, language: Language = "en", max_lines: int | None = 60) -> str:
    """The pass, aligned; a long one up to ``max_lines`` and how to see more.

    >>> from autograd import Value
    >>> from autograd.viz.backprop.record import steps
    >>> print(transcript(steps(Value(2.0, label="a") * 3)))
    L = 6
       seed      ∂L/∂L = 1               L.grad = 1            L.grad: 0 → 1
       complete  ∂L/∂L = 1               L.grad = 1            L.grad = 1
    1  L = a · 3   first: it is the result   a·b. ∂/∂a = b, ∂/∂b = a.
       pull      ∂L/∂a += ∂L/∂L · ∂L/∂a  a.grad = 0 + (1 × 3)  a.grad: 0 → 3
       complete  ∂L/∂a = ∂L/∂L · ∂L/∂a   a.grad = 3            a.grad = 3
    """
    lines = list(_lines(steps, words(language)))
    end = [words(language).say(word, *values) for word, *values in endings(steps) if word != "end"]
    if max_lines is None or len(lines) + len(end) <= max_lines:
        return "\n".join([*lines, *end])
    room = max(max_lines - len(end) - 1, 0)
    rest = words(language).say("more_steps", len(lines) - room)
    return "\n".join([*lines[:room], rest, *end])


def endings(steps: Steps) -> list[list[str]]:
    """What there is to say when the pass is over, as `remarks` say it."""
    found = []
    if flaws := _flaws(steps):
        found += [["end_off"], *flaws]
    played = sum(node.kind != "more" for node in steps.picture.nodes)
    if played < steps.total:
        found.append(["end_near" if steps.nearest else "end_view", str(played), str(steps.total)])
        if steps.nearest and steps.total <= LARGEST:
            found.append(["end_all", str(steps.total)])
    if steps.is_refused:
        found.append(["end_refused"])
    return found or [["end"]]


def slopes(steps: Steps) -> set[str]:
    """The nodes whose gradient at the end says how fast the result changes with them."""
    if any(word != "off_stale" for word, *_ in _flaws(steps)):
        return set()
    return {frame.node for frame in steps if frame.kind == "done" and not _start(steps, frame.node)}


def _start(steps: Steps, node: str) -> float:
    """The stale gradient that a node started from."""
    ledger = steps.ledger(node)
    return ledger[0].before if ledger else 0.0


def _flaws(steps: Steps) -> list[list[str]]:
    """Why the gradients are not the slopes, each with how many values it is about, and the first few."""
    ended = [frame.node for frame in steps if frame.kind == "done"]
    seeds = [frame.after for frame in steps if frame.kind == "seed" and frame.after != 1]
    flawed = {
        "overwrote": {frame.node for frame in steps if frame.mistake == "overwrote"}
        | {node for node in ended if not is_kept(steps.ledger(node))},
        "upstream": {frame.node for frame in steps if frame.mistake in ("upstream", "other")},
        "late": {place.node for place in steps.order if place.late or place.returning},
        "again": {place.node for place in steps.order if place.is_again},
        "stale": {node for node in ended if _start(steps, node)},
    }
    found = [[f"off_{name}", str(len(nodes)), _listed(steps, nodes)] for name, nodes in flawed.items() if nodes]
    return [*found, *(["off_seed", signed(seed)] for seed in seeds)]


def _listed(steps: Steps, nodes: set[str]) -> str:
    """What they are called, in the order of the graph; of many, the first few."""
    titles = [title for node, title in steps.titles.items() if node in nodes]
    return ", ".join([*titles[:MOST_NAMES], *(["…"] if len(titles) > MOST_NAMES else [])])


def remarks(steps: Steps, place: int) -> list[list[str]]:
    """What there is to say of a frame beside its lines: the id of a text in ``web/locale``, and what to fill in."""
    frame = steps[place]
    found = []
    if frame.kind == "seed" and frame.after != 1:
        found.append(["seeded", signed(frame.after)])
    if frame.kind == "pull":
        if frame.mistake:
            had = frame.upstream or 0.0 if frame.mistake == "upstream" else frame.before
            word = "wrong" if frame.mistake == "other" else frame.mistake
            found.append([word, steps.titles[frame.node], signed(had), signed(frame.before + frame.contribution)])
        elif frame.upstream == 0:
            found.append(["indeterminate" if math.isnan(frame.contribution) else "zero"])
        first = next(each for each in steps if each.kind == "pull" and each.node == frame.node)
        if frame is first and not steps.is_zeroed and steps.stale.get(frame.node):
            found.append(["stale", signed(frame.before)])
    ledger = steps.ledger(frame.node) if frame.kind == "done" else []
    if not is_kept(ledger):
        sums = frame.lines[1].split(" ≠ ")[1].rsplit(" = ", 1)
        found.append(["lost", steps.titles[frame.node], signed(frame.after), *sums])
    elif ledger and ledger[0].before:
        found.append(["stale_part", steps.titles[frame.node], signed(ledger[0].before)])
    if frame.kind == "done" and frame.node in steps.numeric:
        difference = steps.numeric[frame.node]
        agree = math.isclose(difference, frame.after, rel_tol=1e-4, abs_tol=1e-6)
        found.append(["agrees" if agree else "differs", signed(difference)])
    return found


def _lines(steps: Steps, words: Catalogue) -> Iterator[str]:
    rows = [[words[frame.kind], *frame.lines] for frame in steps]
    widths = [min(WIDEST, max(map(columns, column))) for column in zip(*rows, strict=True)][:3]
    turns = dict(enumerate(steps.order, 1))
    starts = steps.starts
    margin = " " * (len(str(len(turns))) + 2)
    yield steps.result
    for position, row in enumerate(rows):
        if position in starts:
            number = starts.index(position) + 1
            yield f"{number:>{len(margin) - 2}}  {_heading(steps, turns[number], words)}"
        cells = [padded(cell, width) for cell, width in zip(row, widths, strict=False)]
        yield f"{margin}{'  '.join([*cells, row[-1]])}{_remark(steps, position, words)}"


def _heading(steps: Steps, place: Place, words: Catalogue) -> str:
    """What passes on, why now, and the rule by which."""
    others = [words["other"]] if place.outside else []
    waited = place.late or place.returning
    users = ", ".join([*(steps.titles[user] for user in waited or place.users), *([] if waited else others)])
    why = words.say(f"why_{place.why}", users)
    formula = steps.formulas.get(place.node, steps.titles[place.node])
    rule = steps.rules.get(place.node, "")
    return "   ".join(filter(None, [formula, why, rule]))


def _remark(steps: Steps, place: int, words: Catalogue) -> str:
    """What is to be said of one step beside its numbers: a mistake of the engine, a finite difference."""
    return "".join(f"   {words.say(word, *values)}" for word, *values in remarks(steps, place))
