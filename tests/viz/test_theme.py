"""The colours of pictures and players: one list, from which every style sheet is made."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Literal

import pytest

import autograd.viz
from autograd.viz.write import theme

COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")


def test_every_colour_is_in_one_file() -> None:
    folder = Path(autograd.viz.__file__).parent
    files = [path for path in folder.rglob("*") if path.suffix in (".py", ".css", ".js")]
    colored = {path.name for path in files if COLOR.search(path.read_text(encoding="utf-8"))}
    assert len(files) > 30 and colored == {"theme.py"}


@pytest.mark.parametrize("palette", ["picture", "signs", "training"])
def test_a_player_sets_every_colour_of_its_picture(palette: Literal["picture", "signs", "training"]) -> None:
    used = set(re.findall(r"var\(--autograd-([\w-]+),", theme.style_sheet(".x", {}, palette)))
    assert len(used) >= 3
    for sheet in theme.player_colors(palette == "training").split("}")[:2]:
        assert used <= set(re.findall(r"--autograd-([\w-]+):", sheet))


def test_a_rule_has_its_colours_once_more_for_programs_that_know_no_custom_properties() -> None:
    rules = {"a": "x:1;fill:var(--ink);stroke:var(--line);y:2;fill:var(--data)", "&.b": "stroke:var(--third)"}
    sheet = theme.style_sheet(".x", rules, "training")
    ink, line, data, third = (*map(theme.LIGHT.get, ("ink", "line", "data")), theme.TRAINING_LIGHT["third"])
    assert sheet.endswith(
        f".x a{{x:1;fill:{ink};stroke:{line};fill:var(--ink);stroke:var(--line);y:2;fill:{data};fill:var(--data)}}"
        f".x.b{{stroke:{third};stroke:var(--third)}}"
    )


def luminance(color: str) -> float:
    """Relative luminance, by WCAG 2.2."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colors", "signs"), [(theme.LIGHT, theme.SIGN_LIGHT), (theme.DARK, theme.SIGN_DARK)])
def test_lines_of_either_sign_are_seen_and_told_apart(colors: dict[str, str], signs: dict[str, str]) -> None:
    """By 3:1 from the ground, from each other also in grey, and from what blue and orange mean in a picture."""
    for name in ("plus", "minus", "wrong"):
        assert min(contrast(signs[name], colors["ground"]), contrast(signs[name], colors["fill"])) >= 3.0
    assert contrast(signs["wrong"], colors["fill"]) >= 4.5, "it is the colour of a text, too"
    assert contrast(signs["plus"], signs["minus"]) >= 1.4
    assert not {signs["plus"], signs["minus"]} & {colors["data"], colors["grad"], colors["line"]}


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK])
def test_colours_can_be_read_on_their_grounds(colors: dict[str, str]) -> None:
    for text, ground in itertools.product(["ink", "muted", "data", "grad"], ["ground", "fill"]):
        assert contrast(colors[text], colors[ground]) >= 4.5
    assert contrast(colors["ink"], colors["pale"]) >= 4.5
    for line, ground in [("line", "ground"), ("line", "fill"), ("focus", "ground")]:
        assert contrast(colors[line], colors[ground]) >= 3.0
