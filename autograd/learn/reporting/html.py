"""Reports, texts and graphs as HTML, for notebooks."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape

from autograd.learn.checking.check import NOT_STARTED, PASSED, Result
from autograd.learn.checking.graphs import Mark, Node, tree, visible
from autograd.learn.reporting.report import Block, Report, number
from autograd.learn.reporting.texts import EMPHASIS

__all__ = ["Picture", "drawn", "report_html", "text_html"]

_COLOURS = {PASSED: "#2e7d32", NOT_STARTED: "#9a6700"}
_RED = "#c62828"
_NO_WORDS = {"detached": "", "data": "{expected}", "grad": "{expected}", "shared": "{expected}", "unused": "{expected}"}


@dataclass(frozen=True)
class Picture:
    """A graph: as HTML, and as text."""

    html: str
    text: str


def drawn(nodes: list[Node], mark: Mark | None) -> Picture:
    """The picture of a graph with the mark in red; the tree of text where there is no Graphviz."""
    text = "\n".join(tree(nodes, mark, number, _NO_WORDS))
    try:
        from autograd.viz.write.graphviz import render

        picture = base64.b64encode(render(_dot(nodes, mark), "svg")).decode()
    except Exception:
        return Picture(f"<pre>{escape(text)}</pre>", text)
    image = (
        f'<img style="max-width:none;background:white" alt="{escape(text)}" src="data:image/svg+xml;base64,{picture}">'
    )
    return Picture(f'<div style="overflow-x:auto">{image}</div>', text)


def _dot(nodes: list[Node], mark: Mark | None) -> str:
    """The graph for Graphviz, from the inputs on the left to the result on the right."""
    font = 'fontname="DejaVu Sans,Verdana,Geneva,sans-serif", fontsize=11'
    lines = [
        f'rankdir=LR; node [shape=box, style="rounded", {font}]; edge [arrowsize=0.6, fontcolor="{_RED}", {font}];'
    ]
    opened = visible(nodes, mark)
    seen = opened | {operand for place in opened for operand in nodes[place].operands}
    for place, node in enumerate(nodes):
        if place not in seen:
            continue
        rows = [node.label, f"data {number(node.data)}", f"grad {number(node.grad)}"]
        colour = f', color="{_RED}", fontcolor="{_RED}"' if _is_marked(nodes, mark, place) else ""
        label = "\\n".join(row.replace("\\", "").replace('"', "'") for row in rows if row)
        lines.append(f'n{place} [label="{label}"{colour}];')
        for position, operand in enumerate(node.operands if place in opened else ()):
            is_wrong = mark and (mark.node, mark.operand) == (place, position)
            style = f' [color="{_RED}", penwidth=3, label="✗"]' if is_wrong else ""
            lines.append(f"n{operand} -> n{place}{style};")
    return "digraph {" + "\n".join(lines) + "}"


def _is_marked(nodes: list[Node], mark: Mark | None, place: int) -> bool:
    if mark is None:
        return False
    return place == (mark.node if mark.operand is None else nodes[mark.node].operands[mark.operand])


def report_html(said: Report, result: Result) -> str:
    """The report of a result."""
    colour = _COLOURS.get(said.state, _RED)
    parts = [f'<strong style="color:{colour}">{escape(said.verdict)}</strong>', text_html(said.sentence)]
    parts += [_block(block, result) for block in said.evidence]
    parts += [f'<p style="opacity:.7">{_inline(note)}</p>' for note in said.notes]
    parts += [text_html(said.learnt), text_html(said.action)]
    return f'<div style="border-left:4px solid {colour};padding-left:12px">{"".join(parts)}</div>'


def _block(block: Block, result: Result) -> str:
    heading = f'<p style="opacity:.7">{escape(block.heading)}</p>' if block.heading else ""
    if block.kind == "graph":
        marked = next((line.partition("◀ ")[2] for line in block.lines if "◀" in line), "")
        return heading + drawn(list(result.graph), result.mark).html + text_html(marked)
    if block.kind == "table":
        left = '<td style="text-align:left">'
        cells = [f"{left}{escape(label)}</td>{left}<code>{escape(text)}</code></td>" for label, text in block.lines]
        rows = "".join(f"<tr>{cell}</tr>" for cell in cells)
        return f"{heading}<table>{rows}</table>"
    return f"{heading}<pre>{escape(chr(10).join(block.lines))}</pre>" if block.lines else heading


def text_html(text: str) -> str:
    """A text of paragraphs, with its pictures and code, which are indented, as they are."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.startswith("    "):
            found.append(f"<pre>{escape(block)}</pre>")
        elif block.strip():
            found.append(f"<p>{_inline(block)}</p>")
    return "".join(found)


def _inline(text: str) -> str:
    return EMPHASIS.sub(r"<em>\1</em>", re.sub("`([^`]*)`", r"<code>\1</code>", escape(text)))
