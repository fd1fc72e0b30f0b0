"""The notebooks: in order, readable as they are committed; and, run from clean, what they show is what is committed."""

from __future__ import annotations

import base64
import difflib
import importlib.util
import re
import struct
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fixtures.notebook_files import read, validate

from autograd.learn.exercises.exercise import EXERCISES
from autograd.learn.reporting.texts import page

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"), key=lambda path: int(path.name.partition("_")[0]))

LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)[^)]*\)")
EXERCISE = re.compile(r"\[Exercise (\d+), ([^\]]+)\]\(\.\./autograd/learn/exercises/e(\d\d)_\w+/starter\.py\)")
A_PATH_OF_ITS_OWN = re.compile(
    r"(?<![\w.:/])(/(home|root|tmp|usr|var|opt|work|mnt|Users)/|[A-Z]:\\)|site-packages|ipykernel_"
)
AN_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def build() -> Any:
    """notebooks/build.py, which is a program beside the notebooks and no module."""
    return program("notebooks_build", FOLDER / "build.py")


def program(name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def outputs(path: Path) -> list[Any]:
    return [output for cell in read(path).cells if cell.cell_type == "code" for output in cell.outputs]


def texts(output: Any) -> list[str]:
    return [output.text] if output.output_type == "stream" else list(output.get("data", {}).values())


def markdown(path: Path) -> str:
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


# ── as they are committed ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_notebooks_are_numbered_and_each_leads_to_the_next():
    assert [path.name.partition("_")[0] for path in NOTEBOOKS] == [str(i + 1) for i in range(len(NOTEBOOKS))]
    assert len(NOTEBOOKS) >= 10
    for i, path in enumerate(NOTEBOOKS):
        assert read(path).cells[0].source.startswith(f"# {i + 1} · ")
        following = NOTEBOOKS[i + 1 : i + 2]
        last = read(path).cells[-1].source
        assert [name for name in LINK.findall(last) if name.endswith(".ipynb")] == [after.name for after in following]


@every
def test_a_notebook_is_valid_and_small(path):
    validate(read(path))
    assert path.stat().st_size < 300_000
    assert read(path).metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


@every
def test_a_picture_has_pixels_too_for_where_the_notebook_is_not_trusted(path):
    """JupyterLab shows no SVG of a notebook that was downloaded, and a PNG at the size that stands beside it."""
    pictures = [output for output in outputs(path) if "image/svg+xml" in output.get("data", {})]
    for output in pictures:
        pixels = base64.b64decode(output.data["image/png"])
        width, height = struct.unpack(">II", pixels[16:24])
        size = output.metadata["image/png"]
        assert (width / size["width"], height / size["height"]) in ((1.0, 1.0), (2.0, 2.0))
        assert f'width="{size["width"]}"' in output.data["image/svg+xml"]


@every
def test_a_notebook_takes_under_ten_minutes_and_asks_for_predictions(path):
    code = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    lines = sum(bool(line.strip()) for source in code for line in source.splitlines())
    minutes = len(markdown(path).split()) / 200 + lines / 40
    assert minutes < 10
    assert markdown(path).count("**Predict.**") >= 3


@every
def test_a_notebook_was_run_in_order_and_nothing_went_wrong(path):
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(cell.outputs) for cell in code) > len(code) / 2
    assert {output.output_type for output in outputs(path)} <= {"stream", "execute_result", "display_data"}
    assert {output.name for output in outputs(path) if output.output_type == "stream"} <= {"stdout"}


@every
def test_what_is_committed_is_still_and_the_same_everywhere(path):
    """A code host runs no script and drops pictures in HTML; a path, an address or a time would be one machine's."""
    for output in outputs(path):
        assert output.get("metadata", {}).keys() <= {"image/png"}
        html = output.get("data", {}).get("text/html", "")
        assert not re.search(r"<(script|img|svg|style)\b", html)
        svg = output.get("data", {}).get("image/svg+xml", "<svg")
        assert svg.startswith("<svg")
        assert "<script" not in svg
        for text in texts(output):
            assert not AN_ADDRESS.search(text), AN_ADDRESS.search(text)
    for text in [
        *(cell.source for cell in read(path).cells),
        *(text for output in outputs(path) for text in texts(output)),
    ]:
        assert not A_PATH_OF_ITS_OWN.search(text), A_PATH_OF_ITS_OWN.search(text)


@every
def test_the_links_of_a_notebook_lead_somewhere(path):
    for name in LINK.findall(markdown(path)):
        assert (FOLDER / name).is_file(), name  # JupyterLab opens no folder


def test_the_table_of_conventions_that_a_notebook_links_stands_in_its_file():
    pages = program("docs_pages", FOLDER.parent / "docs" / "hooks" / "pages.py")
    assert f"](../docs/{pages.CONVENTIONS[0].name})" in "".join(map(markdown, NOTEBOOKS))
    for file in pages.CONVENTIONS:
        text = file.read_text(encoding="utf-8")
        assert pages.with_table(text) == text, "python docs/hooks/pages.py writes it"
        assert text.count("\n| `") > 40


@every
def test_a_notebook_ends_with_an_exercise(path):
    last = read(path).cells[-1].source
    [(number, title, folder)] = EXERCISE.findall(last)
    exercise = EXERCISES[int(number) - 1]
    assert exercise.name.startswith(f"e{folder}_")
    assert int(folder) == int(number) == exercise.number
    assert title == page(exercise.name, "en").title
    said = " ".join(last.split())
    assert f"`autograd learn start`, then `autograd learn check {number}`" in said
    assert f"`from autograd.learn import ex`, then `ex({number})`" in said


def test_the_pictures_of_the_notebooks_have_words():
    pictures = [
        svg for path in NOTEBOOKS for output in outputs(path) if (svg := output.get("data", {}).get("image/svg+xml"))
    ]
    assert len(pictures) > 10
    assert all("<text" in svg and "<title>" in svg for svg in pictures)


@every
def test_a_still_picture_says_that_the_cell_gives_more(path, build):
    for cell in read(path).cells:
        for output in cell.get("outputs", []):
            svg = output.get("data", {}).get("image/svg+xml", "")
            if 'class="autograd' in svg or 'class="heat' in svg:
                living = build.PLAYED if "play(" in cell.source else build.DRAWN
                line = build.POINTED if 'class="heat' in svg else living
                assert f">{line}</text></svg>" in svg, cell.source


def test_a_line_below_a_picture_hides_nothing_of_it(build):
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40" width="100" height="40" role="img">'
        '<title>a &lt; b</title><rect width="100" height="40"/></svg>'
    )
    svg = ElementTree.fromstring(build.with_a_line_below(picture, "Run it."))
    assert (svg.get("width"), svg.get("height"), svg.get("viewBox")) == ("260", "60", "0 0 260 60")
    texts = [element for element in svg.iter() if element.tag.endswith("text")]
    assert [(text.text, float(text.get("y")) > 40) for text in texts] == [("Run it.", True)]
    assert svg[0].text == "a < b"
    assert [rect.get("height") for rect in svg if rect.tag.endswith("rect")] == ["60", "40"]


@pytest.mark.notebook
def test_a_training_leaves_one_line_in_a_notebook(tmp_path, build):
    """Saved, and exported as a page, where nothing goes back to the start of a line."""
    import nbformat  # here: these take seconds, in every process that collects the tests
    from nbclient import NotebookClient

    source = (
        "import nn\nX, y = nn.data.moons(40, seed=0)\n_ = nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=400, lr=0.01)"
    )
    cells = [nbformat.v4.new_code_cell(source)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=build.METADATA)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(env=build._environment(str(tmp_path)))
    (output,) = cells[0].outputs
    line = output.data["text/plain"]
    assert re.match(r"epoch 400/400: 100%", line)
    assert "\n" not in line and "\r" not in line
    assert build.cleaned(notebook).cells[0].outputs == []  # a time: nothing to commit


# ── run again ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.notebook
@pytest.mark.filterwarnings("default")
@every
def test_a_notebook_run_from_clean_shows_what_is_committed(path, build):
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    different = []
    for before, after in zip(read(path).cells, build.executed(path).cells, strict=True):
        if before.cell_type == "code" and not build.missing(before):
            lines = [
                "\n".join("\n".join(texts) for texts in build.comparable(cell)).splitlines() for cell in (before, after)
            ]
            different += difflib.unified_diff(*lines, "committed", "now", lineterm="", n=1)
    assert not different, "\n".join([f"make it anew: python notebooks/build.py {build.number_of(path)}", *different])
