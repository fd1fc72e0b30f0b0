"""A player or a drawing as part of a page, a player as a page of its own: a picture that a script makes more of."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import re
import zlib
from pathlib import Path
from typing import Literal

from autograd.util.files import in_a_folder, write_whole
from autograd.viz.web.script import script, text
from autograd.viz.write.page import page
from autograd.viz.write.theme import player_colors

__all__ = ["PARTS", "Kind", "data_url", "packed", "player_element", "player_script", "save_page"]

Kind = Literal["drawing", "heat", "player", "training"]

PARTS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "drawing": (("host.js", "zoom.js", "drawing.js"), ("style.css", "zoom.css", "drawing.css")),
    "heat": (("host.js", "heat.js"), ("style.css", "heat.css")),
    "player": (("host.js", "zoom.js", "controls.js", "player.js"), ("style.css", "zoom.css", "player.css")),
    "training": (("host.js", "controls.js", "training.js"), ("style.css", "training.css")),
}
"""The scripts and the style sheets that each kind is sent with, all from ``web``."""


def save_page(path: str | os.PathLike[str], title: str, player: str, lang: str) -> Path:
    """Write a player as one page, whole or not at all, and return its path; it has the keyboard when it opens.

    Raises ValueError for a suffix other than .html, FileNotFoundError where the folder does not exist.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"save() writes a page, as in save('step.html'): {target.name!r} has another suffix")
    host = 'document.querySelector("[data-lm-suppress-shortcuts]")'
    focus = f'<script>{host}?.shadowRoot.querySelector(".panel").focus()</script>'
    write_whole(in_a_folder(target), page(title, player, lang, focus).encode())
    return target


def player_element(kind: Kind, content: str, data: object, attributes: str = "") -> str:
    """The content that a page shows without scripts, and the script that makes a player or a living drawing of it.

    The data is an element of its own, so that the script is always the same: a page can allow it by its hash. Nothing
    in the data can end it. The element has a name that depends on what is sent alone: the same in every process.

    >>> player_element("player", "<p>1</p>", {"label": "</script>"}).count("</script>")
    2
    """
    sent = _json(data)
    name = hashlib.sha256(f"{content}{sent}".encode()).hexdigest()[:12]
    sources = f'<script type="application/json">{sent}</script><script>{player_script(kind)}</script>'
    return f'<div data-autograd-{kind}="{name}"{attributes}>{content}{sources}</div>'


@functools.cache
def player_script(kind: Kind) -> str:
    """The script of all elements of a kind: it makes a player of each that is on the page and is none yet.

    It calls the function ``kind``, of the file of that name, with the element, the data and the style sheet, and makes
    no global name.
    """
    scripts, sheets = PARTS[kind]
    css = "\n".join([player_colors(kind == "training"), *map(text, sheets)])
    sent = f"[data-autograd-{kind}]>[type='application/json']"
    # A player that is there stays at its step.
    make = f"box.film ??= {kind}(box, parsed(textContent), {_json(css)}) ?? true"
    call = f'document.querySelectorAll("{sent}").forEach(({{ parentNode: box, textContent }}) => {{ {make}; }});'
    return f"(() => {{\n{script(scripts, kind, 'parsed')}\n{call}\n}})();"


def _json(data: object) -> str:
    r"""JSON that cannot end a script element that it stands in.

    JSON has no infinity and no nan: 1e999 is read as the one, a text that no label can be stands for the other.

    >>> from math import inf, nan
    >>> _json({"a": [inf, -inf, nan, "NaN <"]})
    '{"a":[1e999,-1e999,"\\u0000NaN","NaN \\u003c"]}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    return _TEXT_OR_NOT_FINITE.sub(lambda token: _IN_JSON.get(token[0], token[0]), text)


def packed(data: object) -> str:
    """JSON, compressed as a page can undo it by DecompressionStream("deflate-raw")."""
    deflate = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)
    return base64.b64encode(deflate.compress(_json(data).encode()) + deflate.flush()).decode()


def data_url(svg: str) -> str:
    """The picture as the address of an image: shorter than in base64, and readable.

    >>> data_url('<text x="1">"50%"</text>')
    "data:image/svg+xml,<text x='1'>%2250%25%22</text>"
    """
    return "data:image/svg+xml," + _TAG.sub(_with_other_quotes, svg).translate(_IN_URL)


def _with_other_quotes(tag: re.Match[str]) -> str:
    return tag[0] if "'" in tag[0] else tag[0].replace('"', "'")


_TEXT_OR_NOT_FINITE = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')
_IN_JSON = {"Infinity": "1e999", "-Infinity": "-1e999", "NaN": '"\\u0000NaN"'}
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_IN_URL = {ord(sign): f"%{ord(sign):02X}" for sign in '%#"'}
