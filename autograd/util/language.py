"""The language to speak: English or Chinese, as it is asked for or as the system is set."""

from __future__ import annotations

import locale
import os
import sys
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "language_of", "system_language"]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set decides, as for gettext."""


def language_of(name: str | None) -> Language:
    """The language of this name; the system's for None. Raises ValueError for one there is not.

    >>> language_of("zh")
    'zh'
    """
    if name is None:
        return system_language()
    for language in LANGUAGES:
        if name == language:
            return language
    raise ValueError(f"language is one of {', '.join(LANGUAGES)}, not {name!r}")


def system_language() -> Language:
    """The language of the environment, of those there are; English where it names none of them."""
    wanted = next(filter(None, (os.environ.get(name) for name in VARIABLES)), "")
    if not wanted and sys.platform == "win32":  # which sets none of the variables
        wanted = locale.getlocale()[0] or ""
    for name in wanted.lower().split(":"):  # LANGUAGE is a list, the best first
        if name.startswith(("zh", "chinese")):  # zh_CN.UTF-8; on Windows also Chinese_China.936
            return "zh"
        if name.startswith(("en", "c.", "posix")) or name == "c":
            return "en"
    return "en"
