"""A backward pass as lines of a terminal: a heading for each value that passes on, and under it what it passes on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from autograd.util.catalogue import Catalogue
from autograd.util.language import Language
from autograd.util.text_width import columns, padded
from autograd.viz.backprop.record import Steps
from autograd.viz.backprop.step import Step, Turn, is_kept
from autograd.viz.fold.budget import LEGIBLE
from autograd.viz.web.words import words
from autograd.viz.write.numbers import number

__all__ = ["endings", "flows", "kind_of_step", "remarks", "slopes", "transcript"]

WIDEST = 54  # columns of a formula, and of its numbers: a longer one shifts what follows, and not every other line
MOST_FLOWS = 4  # into a folded node, and out of it, that are listed
MOST_NAMES = 3  # of the values that a remark is about, and of the local derivatives in a heading


def transcript(steps: Steps, language: Language = "en", max_lines: int | None = 60) -> str:
    """The pass, aligned; a long one up to ``max_lines`` and how to see more.

    >>> from autograd import Value
    >>> from autograd.viz.backprop.record import steps
    >>> print(transcript(steps(Value(2.0, label="a") * 3)))
    L = 6
       seed    ∂L/∂L = 1                     L.grad = 1            L.grad: 0 → 1
    1  L = a · 3   first: it is the result   ∂(a·3)/∂a = 3
       pull ✓  a.grad += L.grad · ∂(a·3)/∂a  a.grad = 0 + (1 · 3)  a.grad: 0 → 3 = ∂L/∂a
    """
    lines = list(_lines(steps, words(language)))
    end = [words(language).say(word, *values) for word, *values in endings(steps) if word != "end"]
    if max_lines is None or len(lines) + len(end) <= max_lines:
        return "\n".join([*lines, *end])
    room = max(max_lines - len(end) - 1, 0)
    rest = words(language).say("more_steps", len(lines) - room)
    return "\n".join([*lines[:room], rest, *end])


def endings(steps: Steps) -> list[list[str]]:
    """The remarks for the end of the pass, in the form of `remarks`."""
    texts = []
    if flaws := _flaws(steps):
        texts += [["end_off"], *flaws]
    played = steps.total - steps.picture.left_out
    if steps.picture.left_out:
        texts.append(["end_near" if steps.nearest else "end_view", str(played), str(steps.total)])
        if steps.nearest and steps.total <= LEGIBLE:
            texts.append(["end_all", str(steps.total)])
    if steps.is_refused:
        texts.append(["end_refused"])
    return texts or [["end"]]


def slopes(steps: Steps) -> set[str]:
    """The nodes whose gradient at the end says how fast the result changes with them."""
    if any(word != "off_stale" for word, *_ in _flaws(steps)):
        return set()
    ended = {step.node for step in steps if step.completes and step.node not in steps.summaries}
    return {node for node in ended if not _start(steps, node)}


def _start(steps: Steps, node: str) -> float:
    """The stale gradient that a node started from."""
    ledger = steps.ledger(node)
    return ledger[0].before if ledger else 0.0


def _flaws(steps: Steps) -> list[list[str]]:
    """Why the gradients are not the slopes, each with how many values it is about, and the first few."""
    ended = [step.node for step in steps if step.completes and step.node not in steps.summaries]
    seeds = [step.after for step in steps if step.kind == "seed" and step.after != 1]
    flawed = {
        "overwrote": {step.node for step in steps if step.mistake == "overwrote"}
        | {node for node in ended if not is_kept(steps.ledger(node))},
        "upstream": {step.node for step in steps if step.mistake in ("upstream", "other")},
        "late": {turn.node for turn in steps.order if turn.late or turn.returning},
        "again": {turn.node for turn in steps.order if turn.is_again},
        "stale": {node for node in ended if _start(steps, node)},
    }
    named = [[f"off_{name}", str(len(nodes)), _listed(steps, nodes)] for name, nodes in flawed.items() if nodes]
    return [*named, *(["off_seed", number(seed)] for seed in seeds)]


def _listed(steps: Steps, nodes: set[str]) -> str:
    """The titles of nodes, in the order of the graph; of many, the first few."""
    titles = [title for node, title in steps.titles.items() if node in nodes]
    return ", ".join([*titles[:MOST_NAMES], *(["…"] if len(titles) > MOST_NAMES else [])])


def flows(steps: Steps, node: str) -> list[list[str]]:
    """What comes into a folded node and what it gives to others, in the form of `remarks`."""
    summary, texts = steps.summaries[node], []
    for word, all_flows in (("arrives", summary.arrives), ("leaves", summary.leaves)):
        for flow in [flow for flow in all_flows if flow.node][:MOST_FLOWS]:
            many = [f"{word}_many", steps.titles[flow.node], str(flow.count)] if flow.count > 1 else []
            texts.append([*(many or [word, steps.titles[flow.node]]), number(flow.largest)])
    if summary.parameters:
        texts.append(["own", str(summary.parameters), number(summary.largest)])
    return texts


def remarks(steps: Steps, index: int) -> list[list[str]]:
    """The remarks on a step beside its lines: each the id of a text in ``web/locale``, and the values to fill in."""
    step = steps[index]
    texts = []
    if step.kind == "seed" and step.after != 1:
        texts.append(["seeded", number(step.after)])
    if step.kind != "forward" and not math.isfinite(step.after) and index == steps.first_not_finite:
        texts.append(["first_not_finite", steps.titles[step.node], number(step.after)])
    if step.kind == "pull":
        if step.mistake:
            had = step.upstream or 0.0 if step.mistake == "upstream" else step.before
            word = "wrong" if step.mistake == "other" else step.mistake
            texts.append([word, steps.titles[step.node], number(had), number(step.before + step.contribution)])
        elif step.upstream == 0:
            texts.append(["indeterminate" if math.isnan(step.contribution) else "zero"])
        is_stale = not step.completes and not steps.is_zeroed and bool(steps.stale.get(step.node))
        if is_stale and step is next(other for other in steps if other.kind == "pull" and other.node == step.node):
            texts.append(["stale", number(step.before)])
    ledger = steps.ledger(step.node) if step.completes and step.node not in steps.summaries else []
    if step.kind == "done" and not is_kept(ledger):
        sums = step.lines[1].split(" ≠ ")[1].rsplit(" = ", 1)
        texts.append(["lost", steps.titles[step.node], number(step.after), *sums])
    elif ledger and ledger[0].before:
        texts.append(["stale_part", steps.titles[step.node], number(ledger[0].before)])
    if step.completes and step.node in steps.numeric:
        difference = steps.numeric[step.node]
        agree = math.isclose(difference, step.after, rel_tol=1e-4, abs_tol=1e-6)
        texts.append(["agrees" if agree else "differs", number(difference)])
    return texts


def _lines(steps: Steps, words: Catalogue) -> Iterator[str]:
    rows = [[kind_of_step(step, words), *step.lines] for step in steps]
    widths = [min(WIDEST, max(map(columns, column))) for column in zip(*rows, strict=True)][:3]
    turns = dict(enumerate(steps.order, 1))
    starts = steps.starts
    margin = " " * (len(str(len(turns))) + 2)
    if steps.result:  # a part of a graph may have none
        yield steps.result
    for position, row in enumerate(rows):
        if position in starts:
            nth = starts.index(position) + 1
            yield f"{nth:>{len(margin) - 2}}  {_heading(steps, turns[nth], words)}"
        cells = [padded(cell, width) for cell, width in zip(row, widths, strict=False)]
        yield f"{margin}{'  '.join([*cells, row[-1]])}{_remark(steps, position, words)}"


def kind_of_step(step: Step, words: Catalogue) -> str:
    """The word for a step; ticked where it completes a value beside what it does."""
    return (
        f"{words[step.kind]} ✓" if step.completes and step.kind in ("pull", "merged", "outside") else words[step.kind]
    )


def _heading(steps: Steps, turn: Turn, words: Catalogue) -> str:
    """The node that passes on, why now, and with which local derivatives."""
    others = [words["other"]] if turn.outside else []
    waited = turn.late or turn.returning
    users = ", ".join([*(steps.titles[user] for user in waited or turn.users), *([] if waited else others)])
    why = words.say(f"why_{turn.why}", users)
    formula = steps.formulas.get(turn.node, steps.titles[turn.node])
    equations = list(steps.rules.get(turn.node, {}).values())
    shown = [*equations[:MOST_NAMES], *(["…"] if len(equations) > MOST_NAMES else [])]
    return "   ".join(filter(None, [formula, why, ",  ".join(shown)]))


def _remark(steps: Steps, index: int, words: Catalogue) -> str:
    """The remarks on one step beside its numbers: a mistake of the engine, a finite difference."""
    return "".join(f"   {words.say(word, *values)}" for word, *values in remarks(steps, index))
