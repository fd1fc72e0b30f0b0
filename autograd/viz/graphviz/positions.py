"""Where Graphviz puts things: a port, behind which stands whichever Graphviz there is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from autograd.viz.graphviz import browser
from autograd.viz.graphviz.program import NEXT, render

__all__ = ["Json", "positions"]

Json: TypeAlias = Mapping[str, Any]


def positions(sources: Sequence[str]) -> list[Json]:
    """Return what Graphviz says of each source in its format json0: where everything in it stands, in points.

    Raises `MissingExtraError` where there is no Graphviz at all, and `RuntimeError` with Graphviz's own words where it
    cannot lay out a source.

    >>> positions(["digraph { a }"])[0]["objects"][0]["name"]
    'a'
    """
    if not sources:
        return []
    if browser.is_loaded():
        return [json.loads(browser.positions(source)) for source in sources]
    text, decoder, end = render(NEXT.join(sources), "json0").decode(), json.JSONDecoder(), 0
    pieces = []
    for _ in sources:
        piece, end = decoder.raw_decode(text, len(text) - len(text[end:].lstrip()))
        pieces.append(piece)
    return pieces
