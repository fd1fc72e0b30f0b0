"""The scripts and styles of the players, as they are sent in an output: without comments and indentation."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from importlib.resources import files
from typing import Literal

from autograd.viz.write.theme import player_colors

__all__ = ["player_element", "text"]

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


def player_element(kind: Literal["player", "training"], content: str, data: object, attributes: str = "") -> str:
    """What a page shows without scripts, and the script that makes a player of it.

    The script calls the function ``kind``, of the file of that name, with each such element on the page, the data and
    the style sheet. It makes no global name, and nothing in the data can end it. The element is known by a name that
    depends on what is sent alone: the same in every process.

    >>> player_element("player", "<p>1</p>", {"label": "</script>"}).count("</script>")
    1
    """
    sent = _json(data)
    name = hashlib.sha256(f"{content}{sent}".encode()).hexdigest()[:12]
    element, sources = f'data-autograd-{kind}="{name}"', "\n".join(map(text, ("controls.js", f"{kind}.js")))
    css = "\n".join([player_colors(kind == "training"), text("style.css"), text(f"{kind}.css")])
    made = f"box.film ??= {kind}(box, {sent}, {_json(css)}) ?? true"  # one that is there stays at its step
    call = f"document.querySelectorAll({_json(f'[{element}]')}).forEach((box) => {{ {made}; }});"
    code = f"<script>(() => {{\n{sources}\n{call}\n}})();</script>"
    return f"<div {element}{attributes}>{content}{code}</div>"


def _json(data: object) -> str:
    """JSON that is a legal JavaScript expression inside a script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
