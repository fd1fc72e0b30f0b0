"""Where Graphviz puts things: a port, behind which stands whichever Graphviz there is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from autograd.errors import MissingExtraError
from autograd.viz.graphviz import browser, program, wasm

__all__ = ["Json", "positions"]

Json: TypeAlias = Mapping[str, Any]

MAKERS = (browser, wasm, program)
"""Best first: the one of the page, the one that comes with the package, a program of the machine."""


def positions(sources: Sequence[str]) -> list[Json]:
    """Return what Graphviz says of each source in its format json0: where everything in it stands, in points.

    Raises `MissingExtraError` where there is no Graphviz at all, and `RuntimeError` with Graphviz's own words where it
    cannot lay out a source.

    >>> positions(["digraph { a }"])[0]["objects"][0]["name"]
    'a'
    """
    if not sources:
        return []
    for maker in MAKERS:
        if maker.is_here():
            return [json.loads(text) for text in maker.positions(sources)]
    if sys.platform == "emscripten":
        raise MissingExtraError("a picture needs Graphviz: await autograd.viz.load_graphviz() brings it to this page")
    raise MissingExtraError("a picture needs Graphviz, which wasmtime runs: pip install wasmtime")
