"""The scripts and styles of the players, as they are sent in an output: short."""

from __future__ import annotations

import functools
import re
from importlib.resources import files

from autograd.viz.web.shorten import shortened

__all__ = ["script", "text"]

TOKEN = re.compile(
    r"""("(?:\\.|[^"\\\n])*"                                                # a text; a text with code in it
      | `(?:\\.|\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\}|[^`\\])*`
      | \(/(?:\\.|[^/\\\n])+/)                                                # a pattern that is given to a function
      | \s* ([=<>!&|?:;,(){}\[\]*][=<>!&|?:;,(){}\[\]*\s]*)                   # signs, and the white space around them
      | [ ] ([-+/]) [ ] (?![-+/])                                             # where two of them would be another sign
    """,
    re.VERBOSE,
)
NEEDLESS = re.compile(r"[;,]+(?=})|,(?=[)\]])")  # before the end of a block or a list


@functools.cache
def script(names: tuple[str, ...], *entries: str) -> str:
    """Several scripts of this folder as they are sent: as one, with short local names. entries: the functions to call.

    >>> script(("host.js", "controls.js"), "controls").count("function controls(")
    1
    """
    return shortened("\n".join(map(text, names)), *entries)


@functools.cache
def text(name: str) -> str:
    """A file of this folder as it is sent: without comments (on lines of their own), indentation, needless signs.

    >>> text("controls.js").startswith("function controls(box,{count,show,")
    True
    """
    source = files(__package__).joinpath(name).read_text(encoding="utf-8")
    source = re.sub(r"^[ \t]*(/\*.*?\*/|//[^\n]*)$", "", source, flags=re.DOTALL | re.MULTILINE)
    source = "\n".join(line.strip() for line in source.splitlines() if line.strip())
    if name.endswith(".css"):
        return re.sub(r"\s*([{};])\s*|(?<=[:,]) ", r"\1", source)
    return TOKEN.sub(lambda token: token[1] or token[3] or NEEDLESS.sub("", "".join(token[2].split())), source)
