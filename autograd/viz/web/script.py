"""The scripts and styles of the players, as they are sent in an output: without comments and indentation."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence
from importlib.resources import files

__all__ = ["script", "text"]


TOKEN = re.compile(
    r"""("(?:\\.|[^"\\\n])*"                                                # a text; a text with code in it
      | `(?:\\.|\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\}|[^`\\])*`
      | \(/(?:\\.|[^/\\\n])+/)                                                # a pattern that is given to a function
      | \s* ([=<>!&|?:;,(){}\[\]*]+) \s*                                      # signs, and the white space around them
    """,
    re.VERBOSE,
)


@functools.cache
def text(name: str) -> str:
    """A file of this folder as it is sent: without comments on lines of their own, indentation, spaces around signs.

    >>> text("controls.js").startswith("function controls(box,{count,show,")
    True
    """
    source = files(__package__).joinpath(name).read_text(encoding="utf-8")
    source = re.sub(r"^[ \t]*(/\*.*?\*/|//[^\n]*)$", "", source, flags=re.DOTALL | re.MULTILINE)
    source = "\n".join(line.strip() for line in source.splitlines() if line.strip())
    if name.endswith(".css"):
        return re.sub(r"\s*([{};])\s*|(?<=[:,]) ", r"\1", source)
    return TOKEN.sub(lambda found: found[1] or found[2], source)


def script(function: str, scripts: Sequence[str], styles: Sequence[str], colors: str, data: object, where: str) -> str:
    """A script element that calls ``function(box, data, css)`` for each element that ``where`` (a selector) finds.

    It makes no global name, and nothing in ``data`` can end the element.

    >>> script("play", (), (), "", {"label": "</script>"}, "[data-x=a]").count("</script>")
    1
    """
    sources = "\n".join(map(text, scripts))
    css = "\n".join([colors, *map(text, styles)])
    made = f"box.film ??= {function}(box, {_json(data)}, {_json(css)}) ?? true"  # one that is there keeps its place
    call = f"document.querySelectorAll({_json(where)}).forEach((box) => {{ {made}; }});"
    return f"<script>(() => {{\n{sources}\n{call}\n}})();</script>"


def _json(data: object) -> str:
    """JSON that is a legal JavaScript expression inside a script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
