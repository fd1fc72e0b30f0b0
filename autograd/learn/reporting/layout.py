"""Text laid out for a terminal: as wide as it is, in its colours, English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from autograd.util.text_width import columns, is_wide

__all__ = ["EMPHASIS", "PAINTED", "Style", "joined", "paragraphs", "wrapped"]

EMPHASIS = re.compile(r"(?<![\w*])\*{1,2}(\w[^*\n]*)\*{1,2}(?![\w*])")
"""Emphasis in Markdown, between one or two stars."""
PAINTED = re.compile(r"\x1b\[(?:0|1|2|(?:1;)?3[0-7])m")
"""What Style.paint writes: nothing more, bold, faint, or one of eight colours, which may be bold."""
_NEVER_FIRST = set("，。：；！？、）》」』”’…,.:;!?)]}")
"""Marks that no line begins with."""


@dataclass(frozen=True)
class Style:
    """How a terminal is written to: its columns, and whether in colours."""

    width: int = 80
    colours: bool = False

    def paint(self, text: str, code: str) -> str:
        """The text in a colour, where there are colours. code: as PAINTED has it, such as "1;31" for bold red."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours and code and text else text

    def ink(self, text: str) -> str:
        """The text with what stands between backticks in a colour, and no backticks."""
        return re.sub("`([^`]*)`", lambda found: self.paint(found[1], "36"), text)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most so many columns; broken at spaces, and between Chinese characters.

    >>> wrapped("a gradient that arrives", 12)
    ['a gradient', 'that arrives']
    >>> wrapped("两者要相乘。", 7)
    ['两者要', '相乘。']
    """
    lines = [indent]
    for piece in _pieces(text):
        line = lines[-1]
        if columns(line + piece.rstrip()) > width and line.strip():
            lines[-1] = line.rstrip()
            lines.append(indent + piece.lstrip())
        else:
            lines[-1] = line + (piece if line.strip() else piece.lstrip())
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    """What is not broken: words with the space before them, Chinese characters with the marks that follow, `code`."""
    pieces: list[str] = []
    in_code = False
    for c in text:
        wide = is_wide(c)
        after = pieces[-1][-1] if pieces else ""
        was_in_code, in_code = in_code, in_code != (c == "`")
        if pieces and (was_in_code or c in _NEVER_FIRST or not (c.isspace() or wide or (after and is_wide(after)))):
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def paragraphs(text: str, width: int, ink: Callable[[str], str] = str) -> list[str]:
    """A text with its paragraphs wrapped and inked, and its pictures and code, which are indented, left as they are."""
    lines: list[str] = []
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip() and not line.startswith("    "):
            block.append(line.strip())
            continue
        if block:
            lines += [ink(part) for part in wrapped(EMPHASIS.sub(r"\1", joined(block)), width)]
            block = []
        lines.append(line.rstrip())
    return lines[:-1]


def joined(block: list[str]) -> str:
    """The lines of a paragraph as one, with no space where Chinese meets Chinese."""
    text = block[0]
    for line in block[1:]:
        wide = is_wide(text[-1]) and is_wide(line[0])
        text += line if wide else f" {line}"
    return text
