"""docs/architecture.md and its picture are made from the files as they are, and draw every room."""

import re
import runpy

from tools.architecture import PAGE, PICTURE, drawing, needed, page, rooms


def test_the_picture_is_that_of_the_imports():
    assert PICTURE.read_text(encoding="utf-8") == drawing(rooms()), "run `make architecture`"


def test_the_trips_are_those_that_are_run():
    text = page()
    assert PAGE.read_text(encoding="utf-8") == text, "run `make architecture`"
    for file in ("core/_operators.py", "backward.py", "viz/drawing.py", "compiler/record.py", "checking/worker.py"):
        assert file in text, file


def test_arrows_lead_down_and_none_is_there_twice():
    there = {room.name: room for room in rooms()}
    arrows = needed(list(there.values()))
    assert arrows
    assert len(arrows) == len(set(arrows))
    for above, below in arrows:
        assert there[below].floor < there[above].floor
        assert below in there[above].stands_on


def test_the_engine_in_forty_lines_runs_and_the_files_beside_it_exist(tmp_path, capsys):
    text = PAGE.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 42
    (tmp_path / "engine.py").write_text(code, encoding="utf-8")
    runpy.run_path(str(tmp_path / "engine.py"))
    assert capsys.readouterr().out.strip() == re.findall(r"# (6.*)", code)[0]
    section = text[text.index("| idea |") : text.index("## Where to begin")]
    for file in re.findall(r"`((?:autograd|nn|tools)/[\w/.]+)`", section):
        assert (PAGE.parents[1] / file).exists(), file
