"""The colours of pictures and players, for light and for dark surroundings, and the style sheets made from them.

Paper is light, whatever the screen is.
Text has a contrast of at least 4.5:1 on the ground in both; blue is data, orange is gradient, as everywhere in the
package, and both stay apart for readers who cannot tell red from green. The sign of a weight, and of all numbers in the
picture of a training, has two colours of its own, a green and a purple, which such readers see as bluish and reddish;
the negative one is the darker on white and the lighter on black, so that they differ in grey, too. A learner's first
mistake and the first nan are red, beside a sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

__all__ = ["DARK", "FONT", "GROUP_LINE", "LIGHT", "SIGN_LIGHT", "player_colors", "style_sheet"]

FONT = "DejaVu Sans,Verdana,Geneva,sans-serif"

LIGHT = {
    "ground": "#ffffff",
    "ink": "#1a1a1a",
    "muted": "#595959",
    "line": "#767676",
    "fill": "#ffffff",
    "data": "#0072b2",
    "grad": "#b54500",
    "pale": "#e4e8ec",
    "focus": "#b54500",
}
DARK = {
    "ground": "#1e1e1e",
    "ink": "#f0f0f0",
    "muted": "#b0b0b0",
    "line": "#8c8c8c",
    "fill": "#262626",
    "data": "#56b4e9",
    "grad": "#e69f00",
    "pale": "#444a52",
    "focus": "#e69f00",
}
GROUP_LINE = "#a0a0a0"  # around a group that Graphviz draws, which knows no opacity of a line

SIGN_LIGHT = {"plus": "#008f76", "minus": "#95297f", "wrong": "#c62828"}
SIGN_DARK = {"plus": "#2fa584", "minus": "#eaa0d6", "wrong": "#ff8a80"}
"""Colours that few pictures need: the signs of numbers, and what is wrong."""

TRAINING_LIGHT = {
    "third": "#00694f",
    "fourth": "#8a4b00",
    "fifth": "#55565c",
}
TRAINING_DARK = {
    "third": "#4fc9a4",
    "fourth": "#f0b27a",
    "fifth": "#c4c6ce",
}
"""Further colours for trainings: the third, fifth and sixth of several classes."""

# A player has a panel around the picture, whose text and lines stand out a little more than those of an image.
PANEL_LIGHT = LIGHT | {
    "ink": "#111111",
    "line": "#707070",
    "pale": "#e8e8e8",
    "focus": "#0b57d0",
    "glow": "#fff1d6",
}
PANEL_DARK = DARK | {
    "ground": "#1b1b1b",
    "ink": "#f2f2f2",
    "muted": "#b8b8b8",
    "line": "#9a9a9a",
    "pale": "#3a3a3a",
    "focus": "#8ab4f8",
    "glow": "#4a3510",
}

_PALETTES = {
    "picture": (LIGHT, DARK),
    "signs": (SIGN_LIGHT, SIGN_DARK),
    "training": (LIGHT | SIGN_LIGHT | TRAINING_LIGHT, DARK | SIGN_DARK | TRAINING_DARK),
}
_PLAIN = LIGHT | SIGN_LIGHT | TRAINING_LIGHT
_COLORS_IN_A_ROW = re.compile(r"[\w-]+:var\(--[\w-]+\)(?:;[\w-]+:var\(--[\w-]+\))*")
_COLOR = re.compile(r"([\w-]+):var\(--([\w-]+)\)")


def style_sheet(
    scope: str, rules: Mapping[str, str], palette: Literal["picture", "signs", "training"] = "picture"
) -> str:
    """The style sheet of a picture whose element is ``scope``: a palette, light and dark, then the rules, by selector.

    Whoever shows the picture may set its colours, as ``--autograd-ink``. Each is written once more without a custom
    property, for the programs that know none. In a selector, ``&`` stands for the element itself.

    >>> style_sheet(".x", {"rect": "fill:var(--fill);rx:2"}).split("}}")[-1]
    '.x rect{fill:#ffffff;fill:var(--fill);rx:2}'
    """
    light, dark = _PALETTES[palette]

    def with_plain_colors(colors: re.Match[str]) -> str:
        plain = (f"{name}:{_PLAIN[color]}" for name, color in _COLOR.findall(colors[0]))
        return ";".join([*plain, colors[0]])

    palettes = (
        f"{scope}{{{_palette(light)}}}@media screen and (prefers-color-scheme:dark){{{scope}{{{_palette(dark)}}}}}"
    )
    sheet = (f"{scope} {name}{{{_COLORS_IN_A_ROW.sub(with_plain_colors, rule)}}}" for name, rule in rules.items())
    return palettes + "".join(sheet).replace(" &", "")


def _palette(colors: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:var(--autograd-{name},{color})" for name, color in colors.items())


def player_colors(is_training: bool = False) -> str:
    """The colours that a player sets for itself and for the picture in it, by the theme its script finds.

    >>> ":host([data-theme=dark]){--autograd-ground:#1b1b1b;" in player_colors()
    True
    """
    light, dark = PANEL_LIGHT | SIGN_LIGHT, PANEL_DARK | SIGN_DARK
    if is_training:
        light, dark = light | TRAINING_LIGHT, dark | TRAINING_DARK
    return f":host{{{_set(light)}}}@media screen{{:host([data-theme=dark]){{{_set(dark)}}}}}"


def _set(colors: Mapping[str, str]) -> str:
    return ";".join(f"--autograd-{name}:{color}" for name, color in colors.items())
