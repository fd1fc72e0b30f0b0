"""The drawing of a computation graph, in every form it takes: in a notebook, as a file, as text."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autograd.util.files import write_as
from autograd.util.language import Language, language_of
from autograd.util.printable import kind_of
from autograd.value import Value
from autograd.viz.fold.budget import pictures
from autograd.viz.fold.views import views
from autograd.viz.graph.labels import displayed_names, notebook_names
from autograd.viz.graphviz.program import render
from autograd.viz.picture import Picture
from autograd.viz.web.words import alt_words
from autograd.viz.write.alt import alt_text, heading
from autograd.viz.write.dot import digraph
from autograd.viz.write.layout import lay_out, lay_out_all
from autograd.viz.write.living import living
from autograd.viz.write.mermaid import flowchart
from autograd.viz.write.page import Mode, NotebookView, page
from autograd.viz.write.placed import placed
from autograd.viz.write.svg import svg_text
from autograd.viz.write.text import tree

if TYPE_CHECKING:
    import graphviz

    from autograd.compiler.compiled import Compiled

__all__ = ["Drawing", "ProgramDrawing", "draw", "drawing_of", "value_mimebundle"]


def draw(
    *roots: Value | Compiled,
    focus: Value | str | None = None,
    radius: int = 2,
    path: tuple[Value | str, Value | str] | None = None,
    max_nodes: int = 60,
    open: str | Sequence[str] = (),
    ops: Literal["fused", "separate"] = "fused",
    mode: Mode = "auto",
    model: object = None,
    language: Language | None = None,
) -> Drawing:
    """The computation graph of one value, or of several in one picture, as it is now; or a compiled function's program.

    A network is drawn a column a layer; a neuron, a loss, softmax and other functions of several operations are one box
    each. Where there are still more than `max_nodes` boxes, or the picture is wider than a page, modules, repeats and
    sums are folded. The picture says which argument opens them. With `max_nodes` over 60 it may be wide.

    focus, radius: only what is at most so many edges from this value, which is given itself or by its label.
    path: only what lies between two values, as in `path=(w, loss)`.
    open: the modules to keep unfolded, as in `open=["layers[0]"]`, or "all".
    ops: "separate" makes an operation a small node of its own.
    mode: "static" shows a plain image, for a notebook that is committed or printed. AUTOGRAD_DISPLAY=static in the
    environment does so for every picture and player.
    model: the module whose parameters are named, where they are not found by themselves.
    language: "en" or "zh", of the words in the picture, the alternative text and the page; English by default.
    In a notebook, Values without a label have the names of the caller's variables.

    Raises `TypeError` for anything but Values and one compiled function, `ValueError` where there is nothing to draw,
    and `RecordingError` for a function that has not been recorded.

    >>> import autograd
    >>> a = autograd.Value(3.0, label="a")
    >>> square = a * a
    >>> square.backward()
    >>> print(draw(square))
    n1  *  data 9  grad 1
    ├─ ∂ 3 ─ a  data 3  grad 6
    └─ ∂ 3 ─ a  (above)
    """
    chosen = language_of(language or "en")
    if len(roots) == 1 and not isinstance(roots[0], Value):
        from autograd.viz.compiled import pictures_of  # loads the compiler (35 ms), of which a Value needs nothing

        program = pictures_of(roots[0], max_nodes, chosen)
        if program is not None:
            return ProgramDrawing(*program, mode, chosen)
    values = [_checked(root) for root in roots]
    if not values or max_nodes < len(values):
        raise ValueError(f"draw() takes at least one Value and has room for each: {len(values)} given, {max_nodes=}")
    names = notebook_names(depth=2)
    return drawing_of(
        pictures(values, focus, radius, path, max_nodes, open, ops, model, names, language=chosen), mode, chosen
    )


def drawing_of(opened: Callable[..., Picture], mode: Mode = "auto", language: Language = "en") -> Drawing:
    """The drawing of a picture. opened: makes the picture in which some more boxes are open."""
    drawn = opened()
    return Drawing(drawn, mode, language, views(drawn, opened))


def _checked(root: object) -> Value:
    if not isinstance(root, Value):
        raise TypeError(f"draw() takes Values, as in draw(loss) or draw(*outputs), not {kind_of(root)}")
    return root


def value_mimebundle(thing: Value | Compiled) -> dict[str, str]:
    """A Value or a compiled function in a notebook: its picture, or text where there is none; never raises.

    >>> import autograd
    >>> sorted(value_mimebundle(autograd.Value(2.0)))
    ['text/html', 'text/plain']
    """
    try:
        if isinstance(thing, Value):
            bundle = drawing_of(pictures([thing], names=displayed_names()))._repr_mimebundle_()
        else:
            bundle = draw(thing)._repr_mimebundle_()
    except Exception:
        return {"text/plain": repr(thing)}
    if isinstance(thing, Value) and len(bundle) == 1:
        return bundle  # the graph as text, and why there is no picture
    return bundle | {"text/plain": repr(thing) if isinstance(thing, Value) else str(thing)}


class Drawing(NotebookView):
    """A picture of a graph as it was when `draw` was called: shown in a notebook, printed as a tree, saved as a file.

    `picture` is what it shows, as plain data; `views` what it shows when a box is opened, by the name that opens it.
    """

    language: Language = "en"  # of a pickle from before there was a choice

    def __init__(
        self,
        picture: Picture,
        mode: Mode = "auto",
        language: Language = "en",
        views: Mapping[str, Picture] | None = None,
    ) -> None:
        super().__init__(mode)
        self.picture, self.language = picture, language
        self.views = views or {}

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
        return self._svgs([])[0]

    def _svgs(self, views: Sequence[Picture]) -> list[str]:
        """The picture and others, each as an SVG element."""
        layouts = lay_out_all([self.picture, *views])
        return [svg_text(layout, alt_text(layout.picture, self.language)) for layout in layouts]

    @cached_property
    def html(self) -> str:
        """The picture as part of a page: an image, which survives in a notebook that is not trusted, and a script.

        The script makes it larger and smaller, opens its boxes and says the exact numbers, without a kernel.
        """
        root = self.picture.roots[0].label if len(self.picture.roots) == 1 else ""
        call = f'draw({root if root.isidentifier() else "…"}, open="{{0}}")'
        return living(self._svgs([*self.views.values()]), {"": self.picture, **self.views}, self.alt(), call)

    def text(self, max_lines: int = 60) -> str:
        """The graph as a tree: under each value its operands, with ∂ the local derivative; a shared value once."""
        return "\n".join([*tree(self.picture, max_lines), *self.picture.notes])

    def _title(self) -> str:
        """The heading of its page: what it computes."""
        return heading(self.picture, self.language)

    def alt(self) -> str:
        """For a reader who does not see the picture: what it computes, its size, its largest gradient, its notes.

        >>> import autograd
        >>> draw(autograd.Value(-3.0, label="a") * 2).alt()
        'Computation graph of the result −6. 3 values, among them 1 input.'
        """
        return alt_text(self.picture, self.language)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as the suffix says (.svg, .png, .pdf, .html, .dot, .mmd or .txt) and return its path.

        The file is written whole or not at all. Raises `ValueError` for another suffix, `FileNotFoundError` where its
        folder does not exist, and what `render` raises.
        """
        return write_as(path, self, _WRITERS)

    __str__ = text

    def __repr__(self) -> str:
        return f"Drawing({len(self.picture.nodes)} nodes)"


SPACE = 24  # pixels between the two pictures of a program
WIDEST = 900  # pixels: beside each other they would have to be scrolled


class ProgramDrawing(Drawing):
    """Both views of a program: ``scalars`` and ``instructions``, each a drawing of its own; the same one if alike.

    An instruction has one name in both, as ``%17 matmul 3×3``: what stands in its box above became it.
    """

    def __init__(
        self, scalars: Picture, instructions: Picture | None = None, mode: Mode = "auto", language: Language = "en"
    ) -> None:
        self.scalars = self.instructions = Drawing(scalars, mode, language)
        if instructions is None:
            super().__init__(scalars, mode, language)
            return
        nodes, edges = scalars.nodes + instructions.nodes, scalars.edges + instructions.edges
        groups, notes = scalars.groups + instructions.groups, scalars.notes + instructions.notes
        super().__init__(Picture(nodes, edges, groups, notes, total=len(nodes), language=language), mode, language)
        self.instructions = Drawing(instructions, mode, language)

    @property
    def _views(self) -> list[Drawing]:
        return list(dict.fromkeys((self.scalars, self.instructions)))

    def _svgs(self, views: Sequence[Picture]) -> list[str]:
        """The two pictures in one SVG element: the scalars on the left, or above where there is no room beside them."""
        if len(self._views) == 1:
            return [svg_text(lay_out(self.picture), self.alt())]
        layouts = lay_out_all([view.picture for view in self._views])
        across, down = layouts[0].width + SPACE, layouts[0].height + SPACE
        corner = (across, 0) if across + layouts[1].width <= WIDEST else (0, down)
        width, height = (max(a, start + b) for start, a, b in zip(
            corner, (layouts[0].width, layouts[0].height), (layouts[1].width, layouts[1].height), strict=True
        ))  # fmt: skip
        first, second = (svg_text(layout, "") for layout in layouts)
        second = second.replace("<svg", f'<svg x="{corner[0]:g}" y="{corner[1]:g}"', 1)
        size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
        title = f"<title>{escape(self.alt())}</title>"
        return [f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{title}{first}{second}</svg>']

    def _title(self) -> str:
        """The heading of its page."""
        return alt_words(self.language)["programs" if len(self._views) > 1 else "program"]

    def alt(self) -> str:
        """For a reader who does not see the picture."""
        titles = [group.title for group in self.picture.groups if group.parent is None]
        return alt_words(self.language).say("sentences", self._title(), ". ".join(titles))

    def text(self, max_lines: int = 60) -> str:
        """The views as trees."""
        return "\n\n".join(view.text(max_lines) for view in self._views)

    __str__ = text


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


_WRITERS: dict[str, Callable[[Drawing], bytes]] = {
    ".dot": lambda drawing: drawing.to_dot().source.encode(),
    ".html": lambda drawing: page(drawing._title(), drawing.html, drawing.language).encode(),
    ".mmd": lambda drawing: f"{drawing.to_mermaid()}\n".encode(),
    ".pdf": lambda drawing: render(placed(lay_out(drawing.picture)), "pdf", "nop2"),
    ".png": lambda drawing: render(placed(lay_out(drawing.picture)), "png", "nop2"),
    ".svg": lambda drawing: f"{drawing.svg()}\n".encode(),
    ".txt": lambda drawing: f"{drawing}\n".encode(),
}
