"""Links into the playground are made from what they open: notebooks' programs run as a page runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixtures.notebook_files import read

from autograd.playground.in_browser import play
from tools.browser_links import Program, play_address, program_of

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PROGRAMS = {path.stem: program_of(path) for path in NOTEBOOKS}


def cells(*sources: str) -> dict[str, object]:
    return {"cells": [{"cell_type": "code", "source": [source]} for source in sources]}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_of_a_notebook_draws_a_value(name):
    program = PROGRAMS[name]
    result = play.run(program.text, language="en")
    assert result["error"] is None
    assert result["picture"]
    assert len(play_address(program)) < 2000  # what every browser takes


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_program_is_what_the_notebook_says(path):
    said = "\n".join(cell.source for cell in read(path).cells)
    for line in PROGRAMS[path.stem].text.splitlines()[:-1]:
        assert line in said or line.startswith(("from ", "import ")), line


def test_most_programs_need_no_numpy():
    assert sum(program.needs_numpy for program in PROGRAMS.values()) <= 3


CASES = [
    (["from autograd import Value, draw\nx = Value(2.0)\nz = 3\ny = x * x", "y.label = 'y'\ndraw(y)", "y.backward()"],
     Program("from autograd import Value\n\nx = Value(2.0)\ny = x * x\ny.label = 'y'\ny\n", False)),
    (["import nn\nfrom autograd import draw", "draw(nn.MLP(1, [1])([2.0]))"],
     Program("import nn\n\nnn.MLP(1, [1])([2.0])\n", True)),
    (["import torch\nfrom autograd import play", "play(torch.ones(1))"], None),
    (["history = fit()\nplay(history)"], None),
    (["print(1)"], None),
]  # fmt: skip


@pytest.mark.parametrize(("sources", "expected"), CASES)
def test_a_program_is_what_a_picture_depends_on(tmp_path, sources, expected):
    (tmp_path / "a.ipynb").write_text(json.dumps(cells(*sources)), encoding="utf-8")
    assert program_of(tmp_path / "a.ipynb") == expected
