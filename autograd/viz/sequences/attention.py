"""attention(weights): a heat map of the letters that each letter of a text looks at, a panel for each head."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise

from autograd.util.catalogue import Catalogue
from autograd.util.language import Language, language_of
from autograd.viz.sequences.checked import heads_of, square, tokens_of
from autograd.viz.sequences.heat_map import HeatMap
from autograd.viz.sequences.panel import Panel, Rows
from autograd.viz.web.words import heat_words
from autograd.viz.write.numbers import figure
from autograd.viz.write.page import Mode

__all__ = ["attention", "attention_panels"]


def attention(
    weights: object,
    tokens: Sequence[object] | str | None = None,
    *,
    mode: Mode = "auto",
    language: Language | None = None,
) -> HeatMap:
    """Draw attention as a heat map: a row for each token that looks, a column for each token it sees, a panel a head.

    weights: (heads, tokens, tokens) or (tokens, tokens), each row the softmax of a query's scores: lists, arrays or
        Values. A row may end at its own token. Where no token sees a later one, the triangle above is left empty.
    tokens: their names, one for each row, as the letters of a name; by default their numbers.
    mode: "static" for a plain image in a notebook.
    language: "en" or "zh", of the words beside the numbers; English by default.

    Raises `TypeError` for anything but numbers, `ValueError` for rows of other lengths, weights that are not between 0
    and 1, and another number of tokens.

    >>> print(attention([[[1.0], [0.2, 0.8], [0.1, 0.6, 0.3]]], tokens="ann"))
    head 0
       a n n
     a █
     n ▒ █
     n ░ ▓ ▒
    <BLANKLINE>
    row: the token that looks (query)
    column: the token that it sees (key)
    """
    chosen = language_of(language or "en")
    words = heat_words(chosen)
    heads = [square(head, f"weights[{index}]") for index, head in enumerate(heads_of(weights))]
    count = len(heads[0])
    for (first, other), index in zip(pairwise(heads), range(1, len(heads)), strict=True):
        if len(first) != len(other):
            raise ValueError(f"weights[{index}] has {len(other)} rows, weights[0] has {count}: one for each token")
    names = tokens_of(tokens, count)
    panels = attention_panels(heads, names, [words.say("head", index) for index in range(len(heads))])
    last = [f"{panel.title}: {_strongest(panel, count - 1)}" for panel in panels]
    title = words.say("attention", words.say("heads", count=len(heads)), words.say("tokens", count=count))
    rows = [[name, *(_strongest(panel, row) for panel in panels)] for row, name in enumerate(names)]
    return HeatMap(
        panels,
        title,
        words.say("attention_alt", title, names[-1], words["list"].join(last)),
        [*words["attention_key"].split("\n"), *_on_empty_cells(panels, words)],
        [[words["token"], *(panel.title for panel in panels)], *rows],
        mode,
        chosen,
    )


def attention_panels(heads: Sequence[Rows], names: Sequence[str], titles: Sequence[str]) -> list[Panel]:
    """A panel for each head. heads: (tokens, tokens), nan where nothing is seen."""
    later = chain.from_iterable(row[index + 1 :] for head in heads for index, row in enumerate(head))
    is_causal = all(x != x or x == 0 for x in later)
    count = len(names)
    is_there = tuple(tuple(not is_causal or column <= row for column in range(count)) for row in range(count))
    return [Panel(title, (*names,), (*names,), head, is_there) for title, head in zip(titles, heads, strict=True)]


def _on_empty_cells(panels: Sequence[Panel], words: Catalogue) -> list[str]:
    """A line about cells that look empty, if there are any where a token does look."""
    if not any(panel.has_empty_cells for panel in panels):
        return []
    return [words["empty" if all(map(all, panels[0].is_there)) else "empty_or_later"]]


def _strongest(panel: Panel, row: int) -> str:
    """The token that a token looks at most, and how much."""
    column = panel.largest(row)
    return f"{panel.columns[column]} {figure(panel.numbers[row][column])}"
