"""The words of pictures and players, which stand in ``locale``, a file for each language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from autograd.util.catalogue import Catalogue, catalogues
from autograd.util.language import Language

__all__ = ["alt_words", "drawing_words", "heat_words", "picture_words", "training_words", "words"]


@cache
def words(language: Language) -> Catalogue:
    """What the player of a backward pass says.

    >>> words("zh")["seed"]
    '起点'
    """
    tables = _tables(language)
    return Catalogue(tables["controls"] | tables["zoom"] | tables["backprop"] | tables["quiz"])


@cache
def drawing_words(language: Language) -> Catalogue:
    """What a living drawing says.

    >>> drawing_words("zh")["operation"]
    '运算'
    """
    tables = _tables(language)
    return Catalogue(tables["zoom"] | tables["drawing"])


@cache
def training_words(language: Language) -> Catalogue:
    """What the player of a training says.

    >>> training_words("zh")["epoch"]
    '轮次'
    """
    tables = _tables(language)
    return Catalogue(tables["controls"] | tables["training"])


@cache
def heat_words(language: Language) -> Catalogue:
    """What a heat map of a sequence says.

    >>> heat_words("zh").say("head", 2)
    '头 2'
    """
    return _tables(language)["heat"]


@cache
def picture_words(language: Language) -> Catalogue:
    """What stands in a drawing and under it, besides names and numbers.

    >>> picture_words("zh")["inputs"]
    '输入'
    """
    return _tables(language)["picture"]


@cache
def alt_words(language: Language) -> Catalogue:
    """What stands for a drawing where it is not seen.

    >>> alt_words("zh").say("inputs", count=2)
    '2 个输入'
    """
    return _tables(language)["alt"]


@cache
def _tables(language: Language) -> dict[str, Catalogue]:
    return catalogues(files(__package__) / "locale", language)
