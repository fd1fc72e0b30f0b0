"""The language of the texts: English or Chinese, as requested or as the system is set."""

from __future__ import annotations

import locale
import os
import sys
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "language_of", "system_language"]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The environment variables that name a language. The first one that is set decides, as for gettext."""


def language_of(name: str | None) -> Language:
    """Return the language with this name, or the system's for None. Raises ValueError for an unknown name.

    >>> language_of("zh")
    'zh'
    """
    if name is None:
        return system_language()
    for language in LANGUAGES:
        if name == language:
            return language
    raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {name!r:.60}")


def system_language() -> Language:
    """Return the environment's language if this package has it, otherwise English."""
    wanted = next(filter(None, (os.environ.get(name) for name in VARIABLES)), "")
    if not wanted and sys.platform == "win32":  # Windows sets none of the variables
        wanted = locale.getlocale()[0] or ""
    for name in wanted.lower().split(":"):  # LANGUAGE is a list, the best first
        if name.startswith(("zh", "chinese")):  # zh_CN.UTF-8; on Windows also Chinese_China.936
            return "zh"
        if name.startswith(("en", "c.", "posix")) or name == "c":
            return "en"
    return "en"
