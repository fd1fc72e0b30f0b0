"""The drawing of a computation graph, in every form it takes: in a notebook, as a file, as text."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from autograd.util.files import in_a_folder, write_whole
from autograd.util.printable import kind_of
from autograd.value import Value
from autograd.viz.fold.budget import picture
from autograd.viz.picture import Node, Picture
from autograd.viz.write.boxes import called
from autograd.viz.write.dot import digraph
from autograd.viz.write.graphviz import render
from autograd.viz.write.layout import lay_out
from autograd.viz.write.mermaid import flowchart
from autograd.viz.write.numbers import number
from autograd.viz.write.page import Mode, NotebookView, page, scrolling
from autograd.viz.write.svg import svg_text
from autograd.viz.write.text import tree

if TYPE_CHECKING:
    import graphviz

__all__ = ["Drawable", "Drawing", "draw", "value_mimebundle"]


@runtime_checkable
class Drawable(Protocol):
    """What is no Value and yet has a picture: `draw(it)` is what its `_picture_` returns."""

    def _picture_(self, *, max_nodes: int, mode: Mode) -> Drawing: ...


def draw(
    *roots: Value | Drawable,
    focus: Value | str | None = None,
    radius: int = 2,
    path: tuple[Value | str, Value | str] | None = None,
    max_nodes: int = 60,
    open: str | Sequence[str] = (),
    ops: Literal["fused", "separate"] = "fused",
    mode: Mode = "auto",
    model: Any = None,
) -> Drawing:
    """The computation graph of one value, or of several in one picture, as it is now.

    Of more than `max_nodes` values it folds modules, repeats and sums, and says which argument opens them again.

    focus, radius: only what is at most so many edges from this value, which is given itself or by its label.
    path: only what lies between two values, as in `path=(w, loss)`.
    open: the modules to keep unfolded, as in `open=["layers[0]"]`, or "all".
    ops: "separate" makes an operation a small node of its own.
    mode: "static" shows a plain image, for a notebook that is committed or printed. AUTOGRAD_DISPLAY=static in the
    environment does so for every picture and player.
    model: the module whose parameters are named, where they are not found by themselves.

    Raises `TypeError` for anything but Values, and `ValueError` where there is nothing to draw.

    >>> import autograd
    >>> a = autograd.Value(3.0, label="a")
    >>> square = a * a
    >>> square.backward()
    >>> print(draw(square))
    n1  *  data 9  grad 1
    ├─ ∂ 3 ─ a  data 3  grad 6
    └─ ∂ 3 ─ a  (above)
    """
    if len(roots) == 1 and isinstance(roots[0], Drawable):
        return roots[0]._picture_(max_nodes=max_nodes, mode=mode)
    values = [_checked(root) for root in roots]
    if not values or max_nodes < len(values):
        raise ValueError(f"draw() takes at least one Value and has room for each: {len(values)} given, {max_nodes=}")
    return Drawing(picture(values, focus, radius, path, max_nodes, open, ops, model), mode)


def _checked(root: object) -> Value:
    if not isinstance(root, Value):
        raise TypeError(f"draw() takes Values, as in draw(loss) or draw(*outputs), not {kind_of(root)}")
    return root


def value_mimebundle(value: Value) -> dict[str, str]:
    """A Value in a notebook: its picture, or text where there is none; never raises.

    >>> import autograd
    >>> sorted(value_mimebundle(autograd.Value(2.0)))
    ['text/html', 'text/plain']
    """
    try:
        bundle = draw(value)._repr_mimebundle_()
        return bundle | {"text/plain": repr(value)} if len(bundle) > 1 else bundle
    except Exception:
        return {"text/plain": repr(value)}


class Drawing(NotebookView):
    """A picture of a graph as it was when `draw` was called: shown in a notebook, printed as a tree, saved as a file.

    `picture` is what it shows, as plain data.
    """

    def __init__(self, picture: Picture, mode: Mode = "auto") -> None:
        super().__init__(mode)
        self.picture = picture

    def to_dot(self) -> graphviz.Digraph:
        """The picture as a `graphviz.Digraph`, to change it or to `.render()` it.

        >>> import autograd
        >>> print(draw(autograd.Value(2.0) + 1).to_dot().source.splitlines()[0])
        digraph values {
        """
        return digraph(self.picture)

    def to_mermaid(self) -> str:
        """The picture as a Mermaid flowchart, for a Markdown file.

        >>> import autograd
        >>> print(draw(autograd.Value(2.0, label="x")).to_mermaid().splitlines()[1].strip())
        n0["x<br>data 2<br>grad –"]:::root
        """
        return flowchart(self.picture)

    def svg(self) -> str:
        """The picture as an SVG element, at its natural size; raises what `save` raises."""
        return svg_text(lay_out(self.picture), self.alt())

    @property
    def html(self) -> str:
        """The picture as part of a page: an image, which survives in a notebook that is not trusted."""
        data = base64.b64encode(self.svg().encode()).decode()
        return scrolling(f"data:image/svg+xml;base64,{data}", self.alt(), "computation graph")

    def text(self, max_lines: int = 60) -> str:
        """The graph as a tree: under each value its operands, with ∂ the local derivative; a shared value once."""
        return "\n".join([*tree(self.picture, max_lines), *self.picture.notes])

    def alt(self) -> str:
        """For a reader who does not see the picture: what it computes, its size, its largest gradient, its notes."""
        nodes = self.picture.nodes
        leaves = [node for node in nodes if node.kind in ("input", "parameter", "group")]
        results = ", ".join(map(_equation, self.picture.roots[:3]))
        count = f"{self.picture.total}" if self.picture.is_whole_count else f"more than {self.picture.total - 1}"
        inputs = sum(node.parameters if node.kind == "group" else node.values for node in leaves)
        words = f"Computation graph of {results}. {count} values, {inputs} of them inputs."
        known = [(gradient, node) for node in leaves if (gradient := _gradient(node)) is not None]
        if known:
            gradient, largest = max(known, key=lambda pair: abs(pair[0]))
            words += f" Largest gradient of an input: {number(gradient)}, of {_called(largest)}."
        return " ".join([words, *self.picture.notes])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as the suffix says (.svg, .png, .pdf, .html, .dot, .mmd or .txt) and return its path.

        The file is written whole or not at all. Raises `ValueError` for another suffix, `FileNotFoundError` where its
        folder does not exist, and what `render` raises.
        """
        target = Path(path)
        write = _WRITERS.get(target.suffix.lower())
        if write is None:
            raise ValueError(
                f"save() writes {', '.join(sorted(_WRITERS))} files: {target.name!r} ends in none of these"
            )
        write_whole(in_a_folder(target), write(self))
        return target

    __str__ = text

    def __repr__(self) -> str:
        return f"Drawing({len(self.picture.nodes)} nodes)"


def _equation(node: Node) -> str:
    return _called(node) if node.data is None else f"{_called(node)} = {number(node.data)}"


def _called(node: Node) -> str:
    """What to call a value where there is no picture to point at."""
    return called(node) or node.operation or "an unnamed value"


def _gradient(node: Node) -> float | None:
    return node.grad if node.grad is not None and node.kind != "group" else node.largest_grad


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


_WRITERS: dict[str, Callable[[Drawing], bytes]] = {
    ".dot": lambda drawing: drawing.to_dot().source.encode(),
    ".html": lambda drawing: page(drawing.alt().split(". ")[0], drawing.svg(), "en").encode(),
    ".mmd": lambda drawing: f"{drawing.to_mermaid()}\n".encode(),
    ".pdf": lambda drawing: render(drawing.to_dot().source, "pdf"),
    ".png": lambda drawing: render(drawing.to_dot().source, "png"),
    ".svg": lambda drawing: f"{drawing.svg()}\n".encode(),
    ".txt": lambda drawing: f"{drawing}\n".encode(),
}
