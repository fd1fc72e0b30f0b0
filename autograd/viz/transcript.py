"""A backward pass as lines of a terminal: a heading for each value that passes on, and under it what it passes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from autograd.viz.frames import Place, shown
from autograd.viz.words import Language, words

if TYPE_CHECKING:
    from autograd.viz.steps import Steps

__all__ = ["remarks", "transcript"]

WIDEST = 46


def transcript(steps: Steps, language: Language = "en", max_lines: int | None = 60) -> str:
    """The pass, aligned; a long one up to ``max_lines`` and how to see more.

    >>> from autograd import Value
    >>> from autograd.viz.steps import steps
    >>> print(transcript(steps(Value(2.0, label="a") * 3)))
    L = 6
       seed      ∂L/∂L = 1               L.grad = 1            L.grad: 0 → 1
       complete  ∂L/∂L = 1               L.grad = 1            L.grad = 1
    1  L = a · 3   first: it is the result   a·b. ∂/∂a = b, ∂/∂b = a.
       pull      ∂L/∂a += ∂L/∂L · ∂L/∂a  a.grad = 0 + (1 × 3)  a.grad: 0 → 3
       complete  ∂L/∂a = ∂L/∂L · ∂L/∂a   a.grad = 3            a.grad = 3
    """
    lines = list(_lines(steps, words(language)))
    if max_lines is None or len(lines) <= max_lines:
        return "\n".join(lines)
    rest = words(language)["more_steps"].format(len(lines) - max_lines + 1)
    return "\n".join([*lines[: max_lines - 1], rest])


def remarks(steps: Steps, place: int) -> list[list[str]]:
    """What there is to say of a frame beside its lines: a word of words.py, and what to fill in."""
    frame = steps[place]
    found = []
    if frame.kind == "seed" and frame.after != 1:
        found.append(["seeded", shown(frame.after)])
    if frame.kind == "pull":
        if frame.mistake:
            had = frame.upstream or 0.0 if frame.mistake == "upstream" else frame.before
            word = "wrong" if frame.mistake == "other" else frame.mistake
            found.append([word, steps.titles[frame.node], shown(had), shown(frame.before + frame.contribution)])
        elif frame.upstream == 0:
            found.append(["zero"])
        first = next(each for each in steps if each.kind == "pull" and each.node == frame.node)
        if frame is first and not steps.is_zeroed and steps.stale.get(frame.node):
            found.append(["stale", shown(frame.before)])
    if frame.kind == "done" and frame.node in steps.numeric:
        difference = steps.numeric[frame.node]
        agree = math.isclose(difference, frame.after, rel_tol=1e-4, abs_tol=1e-6)
        found.append(["agrees" if agree else "differs", shown(difference)])
    return found


def _lines(steps: Steps, say: dict[str, str]) -> Iterator[str]:
    rows = [[say[frame.kind], *frame.lines] for frame in steps]
    widths = [min(WIDEST, max(map(_width, column))) for column in zip(*rows, strict=True)][:3]
    turns = {place.node: (number, place) for number, place in enumerate(steps.order, 1)}
    margin = " " * (len(str(len(turns))) + 2)
    yield steps.result
    for position, (frame, row) in enumerate(zip(steps, rows, strict=True)):
        if frame.kind == "pull" and frame.user in turns:
            number, place = turns.pop(frame.user)
            yield f"{number:>{len(margin) - 2}}  {_heading(steps, place, say)}"
        cells = [_padded(cell, width) for cell, width in zip(row, widths, strict=False)]
        yield f"{margin}{'  '.join([*cells, row[-1]])}{_remark(steps, position, say)}"


def _heading(steps: Steps, place: Place, say: dict[str, str]) -> str:
    """What passes on, why now, and the rule by which."""
    others = [say["other"]] if place.outside else []
    users = ", ".join([*(steps.titles[user] for user in place.users), *others])
    late = ", ".join(steps.titles[user] for user in place.late)
    why = say["late"].format(late) if place.late else say["now" if users else "root"].format(users)
    formula = steps.formulas.get(place.node, steps.titles[place.node])
    rule = steps.rules.get(place.node, "")
    return "   ".join(filter(None, [formula, why, rule]))


def _remark(steps: Steps, place: int, say: dict[str, str]) -> str:
    """What is to be said of one step beside its numbers: a mistake of the engine, a finite difference."""
    return "".join(f"   {say[word].format(*values)}" for word, *values in remarks(steps, place))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """The columns of a terminal it takes."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
