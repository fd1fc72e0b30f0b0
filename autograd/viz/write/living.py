"""A drawing that is opened and read without a kernel: its views, packed to be sent in a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autograd.util.language import LANGUAGES, Language
from autograd.viz.picture import Node, Picture
from autograd.viz.web.words import drawing_words
from autograd.viz.write.boxes import called, contents
from autograd.viz.write.page import scrolling
from autograd.viz.write.player_page import data_url, packed, player_element

__all__ = ["living"]

MOST_BYTES = 64_000
"""All views together are sent in at most so many: what a picture of sixty boxes takes itself."""

DESCRIPTION = re.compile(r" · [A-Z].*")  # of a module, behind its name: its call, if any, has a small letter
STYLE = re.compile("<style>.*?</style>", re.DOTALL)


def living(svgs: Sequence[str], pictures: Mapping[str, Picture], alt: str, call: str) -> str:
    """The image of a drawing, and the script that makes more of it where scripts run.

    pictures: what is seen when a box is open, by the name that opens it, the drawing itself, "", first. svgs: theirs.
    call: how to draw it with another box open, with ``{0}`` for the name.
    """
    room = MOST_BYTES
    views: dict[str, str] = {}
    for svg, (name, picture) in zip(svgs, pictures.items(), strict=True):
        content = packed(_described(picture) | ({"svg": STYLE.sub("", svg)} if name else {}))
        room -= len(content) if name else 0
        if room >= 0:
            views[name] = content
    words = {language: _words(language, pictures[""]) for language in LANGUAGES}
    image = scrolling(data_url(svgs[0]).replace("&", "&amp;"), alt, "computation graph")
    return player_element("drawing", image, {"views": views, "call": call, "words": words})


def _words(language: Language, picture: Picture) -> dict[str, str]:
    """What the script says: a program has no numbers that one could point at."""
    words = dict(drawing_words(language))
    other = words.pop("hint_program")
    has_numbers = any(node.data is not None or node.largest_grad is not None for node in picture.nodes)
    return words if has_numbers else words | {"hint": other}


def _described(picture: Picture) -> dict[str, object]:
    """What the script says of each box, and what opens and folds it."""
    around: dict[str | None, str] = {None: ""}
    for group in picture.groups:
        title = DESCRIPTION.sub("", group.title)
        around[group.name] = f"{around[group.parent]} › {title}".removeprefix(" › ")
    return {
        "nodes": {
            node.name: [
                called(node, picture.language) or node.operation or node.name,
                _rows(node, around[node.group], picture.language),
                node.opens,
            ]
            for node in picture.nodes
        },
        "groups": {group.name: group.opens for group in picture.groups if group.opens},
    }


def _rows(node: Node, where: str, language: Language) -> list[tuple[str, str]]:
    """What stands behind a box: numbers as Python writes them, so that none of their digits is lost."""
    is_several = node.kind == "group" or node.repeats > 1
    rows = {
        "operation": node.operation,
        "data": "" if node.data is None else repr(float(node.data)),
        "grad": "" if node.grad is None else repr(float(node.grad)),
        "largest": "" if node.largest_grad is None or not is_several else repr(node.largest_grad),
        "holds": contents(node, language) if is_several else "",
        "where": where,
    }
    return [(name, text) for name, text in rows.items() if text]
