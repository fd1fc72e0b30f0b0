"""A report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from autograd.learn.checking.states import CRASHED, NOT_STARTED, PASSED, WRONG
from autograd.learn.reporting.layout import Style, paragraphs, wrapped
from autograd.util.text_width import columns, padded

if TYPE_CHECKING:
    from autograd.learn.reporting.report import Block, Report

__all__ = ["COLOURS", "SIGNS", "as_text"]

SIGNS = {PASSED: "✓", WRONG: "✗", CRASHED: "✗", NOT_STARTED: "○"}
COLOURS = {PASSED: "32", WRONG: "31", CRASHED: "31", NOT_STARTED: "33"}


def as_text(report: Report, style: Style) -> str:
    """The report for a terminal; code is left as long as it is, so that it can be copied."""
    parts = [
        _painted(f"{SIGNS[report.state]} {report.verdict}", style, f"1;{COLOURS[report.state]}"),
        *(_lines(text, style) for text in report.findings),
        *(chain.from_iterable(_block(block, style) for block in blocks) for blocks in _together(report.evidence)),
        chain.from_iterable(_painted(note, style, "2") for note in report.notes),
        paragraphs(report.learnt, style.width, style.ink),
        (style.ink(line) for line in wrapped(report.action, style.width)),
    ]
    return "\n\n".join(filter(None, map("\n".join, parts)))


def _lines(text: str, style: Style) -> Iterator[str]:
    return (style.ink(line) for part in text.split("\n") for line in wrapped(part, style.width))


def _painted(text: str, style: Style, colour: str) -> Iterator[str]:
    return (style.paint(line, colour) for line in wrapped(text, style.width))


def _together(evidence: tuple[Block, ...]) -> Iterator[list[Block]]:
    """A probe's code and its table belong together."""
    for block in evidence:
        if block.kind != "table":
            yield [block, *(after for before, after in pairwise(evidence) if before is block and after.kind == "table")]


def _block(block: Block, style: Style) -> Iterator[str]:
    if block.heading:
        yield from _painted(block.heading, style, "2")
    if block.kind == "table":
        yield from _table(block.lines, style)
    for line in block.lines if block.kind != "table" else ():
        yield style.paint(f"    {line}", "31") if "◀" in line else f"    {line}"


def _table(rows: tuple[tuple[str, str], ...], style: Style) -> Iterator[str]:
    """The rows beside each other; below each other where the terminal is narrow."""
    column = max(columns(label) for label, _ in rows) + 2
    is_narrow = any(4 + column + columns(text) > style.width for _, text in rows)
    for (label, text), colour in zip(rows, ("31", "32"), strict=False):
        if is_narrow:
            yield from wrapped(label, style.width, "    ")
            yield from (style.paint(line, colour) for line in wrapped(text, style.width, "      "))
        else:
            yield f"    {padded(label, column)}{style.paint(text, colour)}"
