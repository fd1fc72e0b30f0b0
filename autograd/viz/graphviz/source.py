"""A graph in the DOT language, written by the methods of `graphviz.Digraph`.

That package takes 40 ms to import, and where Python runs in a web page it need not be installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["Source"]

Attributes = Mapping[str, str]


class Source:
    r"""A directed graph, or a subgraph of one.

    >>> dot = Source("values", node_attr={"shape": "box"})
    >>> dot.node("a", label='say "a"')
    >>> dot.edge("a:e", "b:p0:w")
    >>> print(dot.source)
    digraph "values" {
    node ["shape"="box"]
    "a" ["label"="say \"a\""]
    "a":"e" -> "b":"p0":"w" []
    }
    <BLANKLINE>
    """

    def __init__(
        self,
        name: str,
        graph_attr: Attributes | None = None,
        node_attr: Attributes | None = None,
        edge_attr: Attributes | None = None,
    ) -> None:
        self.name = name
        defaults = {"graph": graph_attr, "node": node_attr, "edge": edge_attr}
        self._lines = [f"{kind} {_list(attributes)}" for kind, attributes in defaults.items() if attributes]

    def attr(self, **attributes: str) -> None:
        """Set attributes of the graph itself."""
        self._lines.extend(_pairs(attributes))

    def node(self, name: str, **attributes: str) -> None:
        """Add a node."""
        self._lines.append(f"{_quoted(name)} {_list(attributes)}")

    def edge(self, tail: str, head: str, label: str | None = None, **attributes: str) -> None:
        """Add an edge. tail, head: the name of a node, also with a port and a side, as in ``n0:p1:w``."""
        if label is not None:
            attributes["label"] = label
        start, end = (":".join(map(_quoted, place.split(":"))) for place in (tail, head))
        self._lines.append(f"{start} -> {end} {_list(attributes)}")

    def subgraph(self, graph: Source) -> None:
        """Add a subgraph as it is now."""
        self._lines += [f"subgraph {_quoted(graph.name)} {{", *graph._lines, "}"]

    @property
    def source(self) -> str:
        """The graph as text."""
        return "\n".join([f"digraph {_quoted(self.name)} {{", *self._lines, "}", ""])


def _list(attributes: Attributes) -> str:
    return f"[{' '.join(_pairs(attributes))}]"


def _pairs(attributes: Attributes) -> Iterator[str]:
    return (f"{_quoted(name)}={_quoted(value)}" for name, value in attributes.items())


def _quoted(text: str) -> str:
    """Text between quotes; a label that is HTML-like as it is, between angle brackets."""
    if text.startswith("<") and text.endswith(">"):
        return text
    return '"' + text.replace('"', '\\"') + '"'
