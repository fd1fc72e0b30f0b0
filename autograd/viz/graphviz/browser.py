"""Graphviz in the WebAssembly of the page in which Python runs: Pyodide, JupyterLite.

There are no processes there, and no Graphviz for Python, but JavaScript's npm package @viz-js/viz can be called: once
it is loaded, which has to be awaited, it answers at once.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["is_loaded", "load_graphviz", "positions"]

ADDRESS = "https://cdn.jsdelivr.net/npm/@viz-js/viz@3.31.0/dist/viz.js"
HINT = "a picture needs Graphviz: await autograd.viz.load_graphviz() brings it to a page"

_instance: Any = None


async def load_graphviz(source: Any = None) -> None:
    """Bring Graphviz to the page in which Python runs (Pyodide, JupyterLite), so that it draws pictures.

    Elsewhere nothing has to be loaded, and this raises `RuntimeError`.

    source: the address of the JavaScript module of the npm package @viz-js/viz, or an instance of it that is there
        already, from which nothing is fetched. By default version 3.31.0 is fetched from cdn.jsdelivr.net.

    In a cell of a notebook::

        await autograd.viz.load_graphviz()
    """
    global _instance
    if sys.platform != "emscripten" and (source is None or isinstance(source, str)):
        raise RuntimeError(
            "load_graphviz() brings Graphviz to a web page; outside of one, pictures are drawn without it"
        )
    if source is None or isinstance(source, str):
        from pyodide.code import run_js  # is there in a page alone

        module = await run_js("address => import(address)")(source or ADDRESS)
        source = await module.instance()
    if not hasattr(source, "render"):
        raise TypeError(f"load_graphviz() takes an address or an instance of @viz-js/viz, not {type(source).__name__}")
    _instance = source


def is_loaded() -> bool:
    """Return whether `load_graphviz` has been awaited."""
    return _instance is not None


def positions(source: str) -> str:
    """Return the places of a graph as JSON. Raises `RuntimeError` with Graphviz's own words where it cannot."""
    try:
        result = _instance.render(source, format="json0", engine="dot")
    except Exception as error:  # JavaScript's, such as an end of its memory
        raise RuntimeError(f"Graphviz could not draw this: {error}") from None
    if result.status != "success":
        words = [str(error.message) for error in result.errors] or ["no reason given"]
        raise RuntimeError(f"Graphviz could not draw this: {words[-1]}")
    return str(result.output)
