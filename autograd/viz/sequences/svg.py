"""A sheet of a heat map as SVG, and as DOT with a place for everything, from which Graphviz draws PNG and PDF."""

from __future__ import annotations

from html import escape
from itertools import groupby

from autograd.viz.graphviz.source import Source
from autograd.viz.sequences.layout import Cell, Sheet, Word
from autograd.viz.write.boxes import SMALL, TEXT
from autograd.viz.write.placed import Page
from autograd.viz.write.theme import FONT, LIGHT, style_sheet

__all__ = ["placed", "svg_text"]

RULES = {
    ".ground": "fill:var(--ground)",
    "text": f"font:{SMALL}px {FONT};fill:var(--ink)",
    ".title": f"font-weight:bold;font-size:{TEXT}px",
    ".muted": "fill:var(--muted)",
    ".c": "text-anchor:middle",
    ".r": "text-anchor:end",
    "rect": "fill:var(--data)",
    ".around": "fill:none;stroke:var(--line)",
    ".marked": "fill:none;stroke:var(--ink);stroke-width:2",
    "text.count": "pointer-events:none",
}
STYLE = style_sheet(".heat", RULES)
ANCHORS = {"LEFT": "", "CENTER": " c", "RIGHT": " r"}


def svg_text(part: Sheet, alt: str) -> str:
    """A sheet as one SVG element, of its natural size. alt: for a reader who does not see it."""
    size = f'width="{part.width:g}" height="{part.height:g}"'
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {part.width:g} {part.height:g}" {size} role="img"'
            f' class="heat"><title>{escape(alt)}</title><style>{STYLE}</style><rect class="ground" {size}/>',
            *(_row(y, list(cells)) for y, cells in groupby(part.cells, key=lambda cell: cell.y)),
            *map(_text, part.words),
            "</svg>",
        ]
    )


def _row(y: float, cells: list[Cell]) -> str:
    """Cells of one row, which stand where their group does."""
    return f'<g transform="translate(0 {y:g})">{"".join(map(_rectangle, cells))}</g>'


def _rectangle(cell: Cell) -> str:
    size = f'x="{cell.x:g}" width="{cell.width:g}" height="{cell.height:g}"'
    if cell.frame:
        return f'<rect class="{cell.frame}" {size}/>'
    hint = f"<title>{escape(cell.hint, quote=False)}</title>" if cell.hint else ""
    return f'<rect {size} fill-opacity="{_short(cell.opacity)}">{hint}</rect>'


def _short(share: float) -> str:
    return f"{share:g}".removeprefix("0") or "0"


def _text(word: Word) -> str:
    kind = f"{word.kind}{ANCHORS[word.align]}".strip()
    look = f' class="{kind}"' if kind else ""
    return f'<text{look} x="{round(word.x, 1):g}" y="{round(word.y, 1):g}">{escape(word.text, quote=False)}</text>'


# ── PNG and PDF ─────────────────────────────────────────────────────────────────────────────────────────────────────


def placed(part: Sheet) -> str:
    """The source for Graphviz' engine "nop2", which keeps the places that are given.

    >>> placed(Sheet(40, 40, (Cell(0, 0, 20, 20, 0.5),), ())).count("fillcolor")
    1
    """
    page = Page(part.height)
    dot = Source("heat", node_attr={"shape": "box", "fontname": FONT})
    for number, cell in enumerate(part.cells):
        place = page.rectangle((cell.x, cell.y), (cell.width, cell.height)) | {"label": ""}
        if cell.frame:
            look = {"color": LIGHT["ink"], "penwidth": "2"} if cell.frame == "marked" else {"color": LIGHT["line"]}
        else:
            look = {"style": "filled", "penwidth": "0", "fillcolor": _mixed(cell.opacity)}
        dot.node(f"cell{number}", **place, **look)
    for number, word in enumerate(part.words):
        size, is_title = (TEXT, True) if word.kind == "title" else (SMALL, False)
        dot.node(f"word{number}", **page.text(word.text, word.x, word.y - 3.5, size, word.align, is_title))
    return dot.source


def _mixed(opacity: float) -> str:
    """The colour of data in front of white."""
    parts = (int(LIGHT["data"][start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(255 + opacity * (part - 255)):02x}" for part in parts)
