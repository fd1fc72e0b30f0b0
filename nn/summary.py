"""Tables of a model's parts, with the sizes of their numbers and gradients, for notebooks and terminals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

from autograd import Value
from autograd.util.printable import printable
from autograd.util.text_width import columns, padded

__all__ = ["model_html", "model_text"]


class HasParameters(Protocol):
    """A module."""

    def parameters(self) -> Sequence[Value]:
        """Return the module's parameters."""
        ...


_MOST = 12
_WIDEST = 48  # letters of a part, so that the table fits into a terminal of 120
_HEAD = ("part", "what it is", "parameters", "largest |number|", "largest |gradient|")


def model_html(model: HasParameters, parts: Sequence[tuple[str, HasParameters]]) -> str:
    """Return the table as HTML: a row for each part (path, module), and one for the whole model.

    The gradient is – if no backward pass has reached a parameter.
    """
    rows = _rows(model, parts)
    head = "".join(f"<th>{escape(word)}</th>" for word in _HEAD)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def model_text(model: HasParameters, parts: Sequence[tuple[str, HasParameters]]) -> str:
    """Return the table of ``model_html`` as lines of text."""
    rows = [_HEAD, *([printable(cell, _WIDEST) for cell in row] for row in _rows(model, parts))]
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    lines = [
        "  ".join(padded(cell, width, right=i > 1) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _rows(model: HasParameters, parts: Sequence[tuple[str, HasParameters]]) -> list[list[str]]:
    shown = list(parts) if len(parts) <= _MOST else [*parts[: _MOST - 2], None, parts[-1]]
    rows = [
        _row(part[0], repr(part[1]), part[1]) if part else [f"… {len(parts) - _MOST + 1} more", "", "", "", ""]
        for part in shown
    ]
    return [*rows, _row("all", type(model).__name__, model)]


def _row(path: str, what: str, module: HasParameters) -> list[str]:
    parameters = module.parameters()
    reached = [x.grad for x in parameters if x.has_grad]
    return [path, what, f"{len(parameters):,}", _largest([x.data for x in parameters]), _largest(reached)]


def _largest(numbers: list[float]) -> str:
    """Return the largest absolute number, or nan if there is one."""
    if not numbers:
        return "–"
    return f"{max(map(abs, numbers), key=lambda x: (x != x, x)):.4g}"
