"""The graph as a tree of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd.viz.boxes import Box, number

__all__ = ["tree"]


def tree(boxes: Sequence[Box], max_lines: int) -> list[str]:
    """Its lines: under each value its operands, with ∂ the local derivative; a value used twice is opened once."""
    lines: list[str] = []
    shown: set[int] = set()
    waiting = [(box.index, "", "") for box in reversed(boxes) if box.is_root]
    while waiting and len(lines) < max_lines:
        index, start, margin = waiting.pop()
        box = boxes[index]
        if index in shown and not box.is_constant:
            lines.append(f"{start}{box.name}  (above)")
        else:
            lines.append(start + _line(box))
            waiting.extend(_branches(box, margin))
        shown.add(index)
    return [*lines, "… and more: text(max_lines=…)"] if waiting else lines


def _line(box: Box) -> str:
    """A value on one line of the tree."""
    if box.is_constant:
        return number(box.data)
    parts = [box.name, box.operation, f"data {number(box.data)}", f"grad {box.gradient}", "…" if box.hidden else ""]
    return "  ".join(filter(None, parts))


def _branches(box: Box, margin: str) -> Iterator[tuple[int, str, str]]:
    """What the tree has under a value, last operand first: its index, the start of its line, the margin below it."""
    for position, (operand, derivative) in reversed(list(enumerate(box.operands))):
        corner, below = ("└─ ", "   ") if position == len(box.operands) - 1 else ("├─ ", "│  ")
        yield operand, margin + corner + ("" if derivative is None else f"∂ {number(derivative)} ─ "), margin + below
