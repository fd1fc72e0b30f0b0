"""A layout as SVG: one writer for the image in a notebook, the saved file and the player.

Each node is drawn around the point where its first row begins, and what is the same in every node is left to the style
and to <defs>: a node and its edge take some 450 bytes. Colours are custom properties, so that whoever shows the picture
may set them; each is written once more without, for the programs that know none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from autograd.viz.picture import Node
from autograd.viz.web.words import picture_words
from autograd.viz.write.boxes import LABEL, MARGIN, PADDING, ROW_HEIGHT, SHEET, SMALL, TEXT, BoxText, fitted, text_width
from autograd.viz.write.columns import HEADING, Heading, Point
from autograd.viz.write.layout import EDGE_OF_PAGE, NOTE_LINE, Box, GroupBox, Layout, Line
from autograd.viz.write.theme import FONT, style_sheet

__all__ = ["SWATCH", "svg_text"]

OPERATION_HEIGHT, ROUND = 15, 6  # of a pill; of corners
TITLE_BASELINE, ROW_BASELINE = 14, 12  # below the upper edge of the title and of a row
WIDTHS = {1.0: "", 1.5: "w15", 2.0: "w2", 2.5: "w25", 3.0: "w3", 3.5: "w35"}  # classes of edges, by width
RULES = {
    "text": f"font:{TEXT}px {FONT};stroke:none;fill:var(--muted)",
    "path": "fill:none;stroke:var(--line)",
    "rect": "fill:var(--fill);stroke:var(--line)",
    ".ground": "stroke:none;fill:var(--ground)",
    ".group>rect": "fill-opacity:.06;stroke-opacity:.6;fill:var(--line)",
    ".node>rect": "fill-opacity:1;stroke-opacity:1;fill:var(--fill)",
    ".root>rect:first-of-type": "stroke-width:2.5px;stroke:var(--ink)",
    ".sheet": "fill:var(--fill)",
    ".head": "stroke:none;fill:var(--line)",
    **{f".{name} path": f"stroke-width:{width}px" for width, name in WIDTHS.items() if name},
    ".zero path": "stroke-dasharray:4 3",
    ".rest path": "stroke-dasharray:1 3",
    ".local": f"font-size:{SMALL}px;text-anchor:middle",
    ".label": f"font-size:{LABEL}px;font-weight:bold;fill:var(--ink)",
    ".op": "text-anchor:middle;fill:var(--ink)",
    ".pill": f"stroke-width:{OPERATION_HEIGHT}px;stroke-linecap:round;stroke:var(--pale)",
    ".data": "text-anchor:end;fill:var(--data)",
    ".grad": "text-anchor:end;fill:var(--grad)",
    ".key": "text-anchor:start",
    ".note": f"font-size:{SMALL}px",
    ".name": f"font-size:{SMALL}px",
}
SIGN_RULES = {
    ".plus path": "stroke:var(--plus)",
    ".minus path": "stroke:var(--minus)",
    ".w05 path": "stroke-width:.5px",
    ".edge.wrong path": "stroke:var(--wrong)",
    ".edge.wrong .head": "stroke:none;fill:var(--wrong)",
    ".node.wrong>rect": "stroke:var(--wrong);stroke-width:2.5px",
    ".mark": f"font-size:{SMALL}px;fill:var(--wrong)",
    ".title": f"font-size:{HEADING}px;font-weight:bold;text-anchor:middle;fill:var(--ink)",
    ".detail": f"font-size:{SMALL}px;text-anchor:middle",
}
"""For pictures with a network, or with something wrong."""

HALO = (  # where a line passes under a text; not for programs that would draw the halo over the letters
    "@supports(paint-order:stroke){.autograd .local,.autograd .name{"
    "stroke:var(--ground);stroke-width:3px;stroke-linejoin:round;paint-order:stroke}}"
)
SWATCH = 22  # the length of a line in the explanation of the lines of a network
KEY_TEXTS = '<text class="data key">data</text><text class="grad key" y="16">grad</text>'
KEYS = f'<defs><g id="ag-keys" class="autograd">{KEY_TEXTS}</g></defs>'


STYLE = style_sheet(".autograd", RULES) + HALO
SIGN_STYLE = style_sheet(".autograd", SIGN_RULES, "signs")


def svg_text(layout: Layout, alt: str) -> str:
    """The layout as one SVG element, of its natural size. alt: for a reader who does not see it; "" inside of another.

    >>> from autograd.viz.write.layout import lay_out
    >>> from autograd.viz.picture import Picture
    >>> svg = svg_text(lay_out(Picture((Node("n0", "input", "a < b", data=2.0),), ())), "one value")
    >>> svg.count('<g class="node input" data-node="n0"'), "a &lt; b" in svg
    (1, True)
    """
    picture, size = layout.picture, f'width="{layout.width}" height="{layout.height}"'
    role, title = (' role="img"', f"<title>{escape(alt)}</title>") if alt else ("", "")
    style = STYLE + SIGN_STYLE * _has_signs(layout)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width} {layout.height}" {size}{role}'
        f' class="autograd">{title}<style>{style}</style>{KEYS}<rect class="ground" {size}/>',
        *map(_edge, layout.lines),
        *map(_group_box, layout.group_boxes),  # over the edges, so that none strikes a title through
        *map(_heading, layout.headings),
        *(_node(node, layout.boxes[node.name]) for node in picture.nodes),
        *_notes(layout),
    ]
    return "".join(parts) + "</svg>"


def _has_signs(layout: Layout) -> bool:
    """Whether it has colours that few pictures have."""
    has_marks = any(node.mark or node.first_not_finite for node in layout.picture.nodes)
    return has_marks or bool(layout.headings) or any(line.look.color for line in layout.lines)


def _notes(layout: Layout) -> Iterable[str]:
    """The notes under the picture, and last a line that explains the colours of a network."""
    y = layout.height - EDGE_OF_PAGE - NOTE_LINE * (len(layout.notes) + layout.has_key) + ROW_BASELINE
    for note in layout.notes:
        yield _text("note", EDGE_OF_PAGE, y, note)
        y += NOTE_LINE
    x: float = EDGE_OF_PAGE
    if not layout.has_key:
        return
    words = picture_words(layout.picture.language)
    key = (("plus w2", words["positive"]), ("minus w2", words["negative"]), ("zero", "0"), ("", words["wider"]))
    for kind, word in key:
        line = f'<g class="{kind}"><path d="M{_pair(x, y - 3.5)}h{SWATCH}"/></g>' if kind else ""
        x += SWATCH + 5 if kind else 0
        yield line + _text("note", x, y, word)
        x += text_width(word, SMALL) + 12


def _group_box(group_box: GroupBox) -> str:
    """An open group: its outline and its title."""
    outline = _rectangle(group_box.x, group_box.y, group_box.width, group_box.height, ROUND)
    words = fitted(group_box.group.title, group_box.width - PADDING, SMALL)
    title = _text("name", group_box.x + PADDING, group_box.y + ROW_BASELINE + MARGIN, words)
    name = f'data-group="{group_box.group.name}"{_opens(group_box.group.opens)}'
    return f'<g class="group" {name}>{outline}{title}</g>'


def _opens(name: str) -> str:
    """The attribute that says by which name a box opens, or folds again."""
    return f' data-opens="{escape(name)}"' if name else ""


def _heading(heading: Heading) -> str:
    return _text("title" if heading.is_title else "detail", heading.x, heading.y, heading.text)


# ── edges ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _edge(line: Line) -> str:
    edge, look = line.edge, line.look
    kind = " ".join(filter(None, ("edge", look.dash, look.color, WIDTHS.get(look.width, "w05"))))
    text = _text("local", round(line.text[0]), round(line.text[1]) + 3, look.text) if line.text else ""
    hint = look.hint if line.text or not look.text else look.text
    head = f'<path class="head" d="{_head(line)}"/>' if line.tip != line.curve[-1] else ""
    title = f"<title>{escape(hint, quote=False)}</title>" if hint else ""
    return (
        f'<g class="{kind}" data-edge="{edge.tail}>{edge.head}:{edge.position}">'
        f'<path d="{_curve(line.curve)}"/>{head}{text}{title}</g>'
    )


def _curve(points: tuple[Point, ...]) -> str:
    """A line on whole pixels: straight, or a Bézier curve, in coordinates relative to where each piece of it begins."""
    rounded = [(round(x), round(y)) for x, y in points]
    if len(rounded) == 2:
        (x, y), (end_x, end_y) = rounded
        return f"M{_pair(x, y)}l{_pair(end_x - x, end_y - y)}"
    words = [f"M{_pair(*rounded[0])}c"]
    for first in range(0, len(rounded) - 1, 3):
        x, y = rounded[first]
        words.extend(_pair(px - x, py - y) for px, py in rounded[first + 1 : first + 4])
    return words[0] + _joined(words[1:])


def _head(line: Line) -> str:
    """A triangle from the end of the curve to the tip, a little wider than the line."""
    (x, y), (end_x, end_y) = line.tip, line.curve[-1]
    along_x, along_y = end_x - x, end_y - y
    across = (1.5 + 0.75 * line.look.width) / (math.hypot(along_x, along_y) or 1.0)
    across_x, across_y = -along_y * across, along_x * across
    sides = _joined([_pair(along_x + across_x, along_y + across_y), _pair(-2 * across_x, -2 * across_y)])
    return f"M{_pair(x, y)}l{sides}z"


# ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _node(node: Node, box: Box) -> str:
    """A node, drawn around the left end of the baseline of its first row."""
    words = box.words
    drop = MARGIN + words.title_height + ROW_BASELINE if words.rows else TITLE_BASELINE - 1
    parts = [*_outlines(node, words, drop), *_title(words), *_rows(words)] if words.rows else _plain(words)
    kind = f"{node.kind}{' root' * node.is_root}{' wrong' * node.first_not_finite}"
    origin = f"{round(box.x) + PADDING * bool(words.rows)} {round(box.y) + drop}"
    name = f'data-node="{node.name}"{_opens(node.opens)}'
    return f'<g class="node {kind}" {name} transform="translate({origin})">{"".join(parts)}</g>'


def _outlines(node: Node, words: BoxText, drop: int) -> list[str]:
    """The box on whole pixels; a sheet under what is folded, two under what stands for many values."""
    x, y, width, height = 0.5 - PADDING, 0.5 - drop, words.width - 1, words.height - 1
    radius = ROUND if node.kind in ("result", "group") else 0
    outline = _rectangle(x, y, width, height, radius)
    if node.kind == "parameter":
        return [outline, _rectangle(x + 2, y + 2, width - 4, height - 4)]
    size = f"v-{SHEET}h{_short(width)}v{_short(height)}h-{SHEET}"
    starts = (_pair(x + SHEET * sheet, y - SHEET * (sheet - 1)) for sheet in range(words.sheets, 0, -1))
    under = "".join(f"M{start}{size}" for start in starts)
    return [f'<path class="sheet" d="{under}"/>', outline] if under else [outline]


def _title(words: BoxText) -> list[str]:
    """The label from the left, the operation in a pill at the right; an operation alone stands in the middle."""
    if words.beside:  # between the first two rows
        return [_text("label", 0, ROW_HEIGHT / 2 * (len(words.rows) > 1), words.title)] if words.title else []
    y = TITLE_BASELINE - words.title_height - ROW_BASELINE
    room = words.width - 2 * PADDING
    parts = [_text("label", 0, y, words.title)] if words.title else []
    if words.operation:
        parts += _operation(words, room - words.operation_width / 2 if words.title else room / 2, y)
    return parts


def _operation(words: BoxText, middle: float, y: float) -> list[str]:
    straight = max(words.operation_width - OPERATION_HEIGHT, 1)
    line = f'<path class="pill" d="M{_pair(middle - straight / 2, y - 4)}h{_short(straight)}"/>'
    return [line, _text("op", middle, y, words.operation)]


def _rows(words: BoxText) -> list[str]:
    parts, y, right = [], 0, words.width - 2 * PADDING
    has_both = [row.key for row in words.rows[:2]] == ["data", "grad"]
    left = words.indent
    if has_both:
        shift = f' x="{left}"' if left else ""
        parts.append(f'<use href="#ag-keys"{shift}/>')
    for row in words.rows:
        if row.key and not has_both:
            parts.append(_text(f"{row.kind} key", left, y, row.key))
        parts.append(_text(row.kind, right if row.key else left, y, row.text))
        y += row.height
    return parts


def _plain(words: BoxText) -> list[str]:
    """A constant, "… 3 more", or an operation that stands by itself."""
    return _operation(words, words.width / 2, 0) if words.operation else [_text("", 1, 0, words.title)]


# ── the parts of SVG ────────────────────────────────────────────────────────────────────────────────────────────────


def _text(kind: str, x: float, y: float, text: str) -> str:
    position = "".join(f' {name}="{_short(at)}"' for name, at in (("x", x), ("y", y)) if round(at, 1))
    look = f' class="{kind}"' if kind else ""
    return f"<text{look}{position}>{escape(text, quote=False)}</text>"


def _rectangle(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    names = ("x", "y", "width", "height", "rx")
    size = (
        f'{name}="{_short(value)}"' for name, value in zip(names, (x, y, width, height, radius), strict=True) if value
    )
    return f"<rect {' '.join(size)}/>"


def _pair(x: float, y: float) -> str:
    return _joined([_short(x), _short(y)])


def _joined(numbers: Iterable[str]) -> str:
    """Numbers of a path, with a space only where the next one has no sign."""
    return " ".join(numbers).replace(" -", "-")


def _short(value: float) -> str:
    """A coordinate to one decimal.

    >>> _short(12.04), _short(-0.51), _short(-0.01)
    ('12', '-.5', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text in ("-0", "0") else text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
