"""The words: of the interface and the bugs, in two languages, and the text of each exercise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.exercises.exercise import Exercise
from autograd.util.catalogue import Catalogue, catalogues
from autograd.util.language import LANGUAGES

if TYPE_CHECKING:
    from autograd.learn.checking.general import General
    from autograd.learn.checking.ratios import Ratio

__all__ = ["Page", "Words", "page", "words"]

_PLACES = 4  # of numbers, that are listed
_FOLDER = Path(__file__).parent / "locale"

_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""The space that stands around a file's name, where a word is in its place."""


class Words:
    """The words of one language.

    >>> words("en").say("state_passed"), words("en").bug("M01").startswith("A node")
    ('passed', True)
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.private: Mapping[str, tuple[str, str]] = {}
        tables = catalogues(_FOLDER, language)
        self.words, self.bugs = tables["words"], tables["bug"]
        self.generals, self.ratios = tables["general"], tables["ratio"]
        self.outcomes = tables.get("outcome", Catalogue())

    def say(self, key: str, **values: object) -> str:
        """The text of the interface with this id, its fields filled in."""
        return _BETWEEN_CHINESE.sub("", self.words.say(key, **values))

    def bug(self, bug: str) -> str:
        """The sentence about it."""
        return self.private[bug][1] if bug in self.private else self.bugs.get(bug, "")

    def general(self, general: General) -> str:
        """The sentence about a mistake that every programmer makes."""
        return self.generals.say(general.key, **general.fields)

    def ratio(self, ratio: Ratio, count: int) -> str:
        """What it says of numbers, and of which. count: how many there are."""
        kind = "less" if ratio.kind == "more" and ratio.factor < 0 else ratio.kind
        factor = f"{abs(ratio.factor) if ratio.kind == 'more' else ratio.factor:.4g}"
        sentence = self.ratios.say(kind, factor=factor)
        if ratio.where:
            more = ", …" if len(ratio.where) > _PLACES else ""
            places = ", ".join(map(str, ratio.where[:_PLACES])) + more
            sentence = self.say("ratio_in", ratio=sentence, places=places, count=len(ratio.where), all=count)
        elif count > 1 and not ratio.is_of_all:
            sentence = self.say("ratio_everywhere", ratio=sentence)
        is_length = kind.endswith("_n")
        if is_length:
            sentence = self.say("ratio_n", ratio=sentence, factor=factor)
        key = "ratio_n_in_others" if is_length else "ratio_in_others"
        return self.say(key, ratio=sentence, count=ratio.others) if ratio.others else sentence

    def title(self, bug: str) -> str:
        """What it is in a few words, where the language has them; else the sentence about it."""
        if bug in self.private:
            return self.private[bug][0]
        return BUGS[bug] if self.language == "en" else self.bug(bug)

    def with_private(self, private: Mapping[str, tuple[str, str]]) -> Words:
        """Return these words with the titles and sentences of further mistakes, by id."""
        extended = copy(self)
        extended.private = private
        return extended


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
