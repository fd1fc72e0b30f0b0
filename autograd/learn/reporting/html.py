"""Reports, texts and graphs as HTML, for notebooks."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from autograd.learn.checking.check import NOT_STARTED, PASSED
from autograd.learn.reporting.layout import EMPHASIS
from autograd.learn.reporting.plain_text import SIGNS
from autograd.learn.reporting.report import Block, Report

if TYPE_CHECKING:
    from autograd.viz.picture import Picture

__all__ = ["inline_html", "picture_html", "report_html", "text_html"]

_COLOURS = {PASSED: "#2e7d32", NOT_STARTED: "#9a6700"}
_RED = "#c62828"  # of lines beside the text: as the text's own colour, it is too dark for a dark theme
_APART = "margin:1em 0"  # JupyterLab has no margin around code, so that two pieces would look like one


def picture_html(picture: Picture) -> str:
    """The picture; its tree of text where there is no Graphviz."""
    from autograd.learn.reporting.pictures import as_lines  # with the next line 40 ms, which few cells need
    from autograd.viz.drawing import Drawing

    try:
        return Drawing(picture).html
    except Exception:
        return f"<pre>{escape(chr(10).join(as_lines(picture)))}</pre>"


def report_html(report: Report) -> str:
    """The report of a result."""
    colour = _COLOURS.get(report.state, _RED)
    parts = [f"<strong>{SIGNS[report.state]} {escape(report.verdict)}</strong>"]
    parts += [text_html(report.place), *map(text_html, report.question.split("\n")), text_html(report.sentence)]
    parts += [_block(block) for block in report.evidence]
    parts += [f'<p style="opacity:.7;{_APART}">{inline_html(note)}</p>' for note in report.notes]
    parts += [text_html(report.learnt), text_html(report.action)]
    return f'<div style="border-left:4px solid {colour};padding-left:12px">{"".join(parts)}</div>'


def _block(block: Block) -> str:
    heading = f'<p style="opacity:.7;{_APART}">{escape(block.heading)}</p>' if block.heading else ""
    if block.picture:
        marked = "".join(node.mark for node in block.picture.nodes)
        return heading + picture_html(block.picture) + text_html(marked)
    if block.kind == "table":
        left = '<td style="text-align:left">'
        cells = [f"{left}{escape(label)}</td>{left}<code>{escape(text)}</code></td>" for label, text in block.lines]
        rows = "".join(f"<tr>{cell}</tr>" for cell in cells)
        return f"{heading}<table>{rows}</table>"
    return heading + (_code("\n".join(block.lines)) if block.lines else "")


def text_html(text: str) -> str:
    """A text of paragraphs, with its pictures and code, which are indented, as they are."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.startswith("    "):
            blocks.append(_code(re.sub("^ {4}", "", block, flags=re.MULTILINE)))
        elif block.strip():
            blocks.append(f"<p>{inline_html(block)}</p>")
    return "".join(blocks)


def _code(text: str) -> str:
    return f'<pre style="{_APART}">{escape(text)}</pre>'


def inline_html(text: str) -> str:
    """A text without paragraphs, with its code and emphasis."""
    return EMPHASIS.sub(r"<em>\1</em>", re.sub("`([^`]*)`", r"<code>\1</code>", escape(text)))
