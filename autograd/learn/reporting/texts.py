"""The words: of the interface and the bugs, in two languages, and the text of each exercise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unicodedata import east_asian_width

from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.exercises.exercise import Exercise
from autograd.util.catalogue import catalogues
from autograd.util.language import LANGUAGES

__all__ = ["Page", "Words", "page", "paragraphs", "words", "wrapped"]

_FOLDER = Path(__file__).parent / "locale"
EMPHASIS = re.compile(r"(?<![\w*])\*{1,2}(\w[^*\n]*)\*{1,2}(?![\w*])")
_NEVER_FIRST = set("，。：；！？、）》」』”’…,.:;!?)]}")


class Words:
    """The words of one language.

    >>> words("en").say("state_passed"), words("en").bug("M01").startswith("A node")
    ('passed', True)
    """

    def __init__(self, language: str) -> None:
        self.language = language
        tables = catalogues(_FOLDER, language)
        self.words, self.bugs = tables["words"], tables["bug"]

    def say(self, key: str, **values: object) -> str:
        """The text of the interface with this id, its fields filled in."""
        return self.words.say(key, **values)

    def bug(self, bug: str) -> str:
        """The sentence about it."""
        return self.bugs.get(bug, "")

    def title(self, bug: str) -> str:
        """What it is in a few words, where the language has them; else the sentence about it."""
        return BUGS[bug].name if self.language == "en" else self.bug(bug)


@lru_cache
def words(language: str) -> Words:
    """The words of "en" or "zh"; of English for any other."""
    return Words(language if language in LANGUAGES else "en")


@dataclass(frozen=True)
class Page:
    """The text of an exercise: its title, the task, three hints, what was learnt; and the further sections by name."""

    title: str
    task: str
    hints: tuple[str, ...]
    learnt: str


@lru_cache
def page(name: str, language: str) -> Page:
    """The text of an exercise, in English where there is none in the language."""
    folder = Exercise(name).folder
    paths = [folder / f"text.{language}.md", folder / "text.en.md"]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return Page(name[4:].replace("_", " "), "", (), "")
    title, *sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    headed = {
        heading.strip(): text.strip("\n") for heading, _, text in (section.partition("\n") for section in sections)
    }
    first, _, task = title.partition("\n")
    hints = tuple(text for heading, text in headed.items() if heading.startswith("Hint"))
    return Page(first.removeprefix("# ").strip(), task.strip(), hints, headed.get("Learnt", ""))


# ── laid out ────────────────────────────────────────────────────────────────────────────────────────────────────────


def width_of(text: str) -> int:
    """The columns it takes in a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


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
        if width_of(line + piece.rstrip()) > width and line.strip():
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
        wide = east_asian_width(c) in "WF"
        after = pieces[-1][-1] if pieces else ""
        was_in_code, in_code = in_code, in_code != (c == "`")
        if pieces and (
            was_in_code or c in _NEVER_FIRST or not (c.isspace() or wide or (after and east_asian_width(after) in "WF"))
        ):
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
            lines += [ink(part) for part in wrapped(EMPHASIS.sub(r"\1", _joined(block)), width)]
            block = []
        lines.append(line.rstrip())
    return lines[:-1]


def _joined(block: list[str]) -> str:
    """The lines of a paragraph as one, with no space where Chinese meets Chinese."""
    text = block[0]
    for line in block[1:]:
        wide = east_asian_width(text[-1]) in "WF" and east_asian_width(line[0]) in "WF"
        text += line if wide else f" {line}"
    return text
