"""The colours of pictures and players: one list, from which every style sheet is made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import autograd.viz
from autograd.viz.write import theme

COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")


def test_every_colour_is_in_one_file() -> None:
    folder = Path(autograd.viz.__file__).parent
    files = [path for path in folder.rglob("*") if path.suffix in (".py", ".css", ".js")]
    colored = {path.name for path in files if COLOR.search(path.read_text(encoding="utf-8"))}
    assert len(files) > 30 and colored == {"theme.py"}


@pytest.mark.parametrize("is_training", [False, True])
def test_a_player_sets_every_colour_of_its_picture(is_training: bool) -> None:
    used = set(re.findall(r"var\(--autograd-([\w-]+),", theme.style_sheet(".x", {}, is_training)))
    for sheet in theme.player_colors(is_training).split("}")[:2]:
        assert used <= set(re.findall(r"--autograd-([\w-]+):", sheet))


def test_a_rule_has_its_colours_once_more_for_programs_that_know_no_custom_properties() -> None:
    rules = {"a": "x:1;fill:var(--ink);stroke:var(--line);y:2;fill:var(--data)", "&.b": "stroke:var(--third)"}
    sheet = theme.style_sheet(".x", rules, is_training=True)
    ink, line, data, third = (*map(theme.LIGHT.get, ("ink", "line", "data")), theme.TRAINING_LIGHT["third"])
    assert sheet.endswith(
        f".x a{{x:1;fill:{ink};stroke:{line};fill:var(--ink);stroke:var(--line);y:2;fill:{data};fill:var(--data)}}"
        f".x.b{{stroke:{third};stroke:var(--third)}}"
    )
