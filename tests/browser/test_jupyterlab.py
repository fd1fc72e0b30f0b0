"""What a reader sees in a real JupyterLab: pictures, progress, a history; trusted and not."""

from __future__ import annotations

import re

import pytest

import nn
from autograd import Value

pytestmark = pytest.mark.browser

OUTPUTS = ".jp-Notebook .jp-OutputArea-output"
A_LABEL = """</script><img src=x onerror="throw 'the label ran'">"""
CODE = re.compile(r"[{}<>]|=>|\bfunction\b|\d(px|em)\b")  # words of a script, a style or a tag, none of a picture's
TRAINING = """
import nn, numpy as np
X = np.random.default_rng(0).normal(size=(200, 3))
history = nn.fit(nn.MLP(3, [8, 1], seed=0), X, X[:, 0], epochs={epochs}, batch_size=10)
"""
BAR = re.compile(r"epoch (?P<epoch>\d+)/\d+: +(?P<percent>\d+)%.* \[.* ?[\d.]+k? ?samples?/s, loss [\d.e+-]+(, .*)?\]")


def test_a_value_that_was_run_is_a_picture_with_words(page, lab, axe):
    lab.notebook("run.ipynb", ["from autograd import Value\na = Value(3.0, label='a')\nb = a * a\nb.backward()\nb"])
    lab.open(page, "run.ipynb", theme="dark")
    lab.run_all(page)
    picture = lab.cell_output(page, 0).locator("img")
    assert picture.get_attribute("alt").startswith("Computation graph of")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert page.recorded.console == []
    axe(page, OUTPUTS)


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_committed_outputs_are_shown_without_running(page, lab, axe, trusted):
    a = Value(3.0, label=A_LABEL)
    loss = a * a
    loss.backward()
    history = nn.History({"loss": [1.0, 0.5, 0.25], "accuracy": [0.5, 0.75, 1.0]})
    script = {"text/html": "<script>window.aScriptRan = true</script>"}
    outputs = [loss._repr_mimebundle_(), {"text/html": history._repr_html_()}, script]
    lab.notebook("committed.ipynb", ["loss", "history", "script"], outputs, trusted=trusted)
    lab.open(page, "committed.ipynb")
    assert lab.is_trusted(page) is trusted
    assert page.evaluate("window.aScriptRan === true") is trusted

    picture = lab.cell_output(page, 0).locator("img")
    assert picture.get_attribute("alt").startswith("Computation graph of")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    words = " ".join(lab.cell_output(page, 0).all_inner_texts()).replace(A_LABEL, "")
    assert not CODE.search(words), words

    rows = lab.cell_output(page, 1).locator("tr:not(thead tr + tr)").all_inner_texts()  # but for the bars
    assert [row.split() for row in rows] == [
        ["epoch", "loss", "accuracy"],
        ["1", "1", "0.5"],
        ["2", "0.5", "0.75"],
        ["3", "0.25", "1"],
    ]
    assert lab.cells(page) == ["loss", "history", "script"]
    axe(page, OUTPUTS)


def test_a_training_shows_its_progress_and_leaves_one_line(page, lab, tmp_path):
    lab.notebook("fit.ipynb", [TRAINING.format(epochs=30), "history", TRAINING.format(epochs=1_000_000)])
    lab.open(page, "fit.ipynb")
    lab.run_all(page, wait=False)

    def epoch_shown() -> int:
        shown = BAR.search(" ".join(lab.cell_output(page, 2).all_inner_texts()))
        return int(shown["epoch"]) if shown else 0

    seen = set()  # what the bar of the endless training says, until it has said three things
    for _ in range(400):
        seen.add(epoch_shown())
        if len(seen - {0}) == 3:
            break
        page.wait_for_timeout(50)
    page.screenshot(path=tmp_path / "during.png")
    assert len(seen - {0}) == 3, seen
    page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    lab.wait(page)
    page.screenshot(path=tmp_path / "after.png")

    [line] = lab.cell_output(page, 0).all_inner_texts()
    whole = BAR.fullmatch(line.strip())  # nothing but the bar: no warning, no second line
    assert whole, line
    assert (whole["epoch"], whole["percent"]) == ("30", "100")
    assert lab.cell_output(page, 1).locator("tbody tr").count() == 5 + 1 + 5  # the first and the last epochs
    assert BAR.fullmatch(lab.cell_output(page, 2).first.inner_text().strip())
    [output] = lab.save(page).cells[0].outputs  # one that was updated: a stream would repeat the bar when exported
    assert output.output_type == "display_data" and BAR.fullmatch(output.data["text/plain"].strip())
    assert page.recorded.console == []


A_COPY_IS_MISSING = """\
from e01_nudge import nudge

def grad(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        def along(x):
            args = xs
            args[i] = x
            return f(*args)
        slopes.append(nudge(along, xs[i], h))
    return slopes
"""


def test_an_exercise_is_checked_searched_and_kept(page, lab, axe):
    (lab.root / "course").mkdir()
    asked, check = "from autograd.learn import ex\nexercise = ex(2)", "exercise.check()"
    wrong, right = A_COPY_IS_MISSING, A_COPY_IS_MISSING.replace("args = xs", "args = list(xs)")
    lab.notebook("course/grad.ipynb", [asked, wrong, check, "exercise.hint(line=True)", right, check])
    lab.open(page, "course/grad.ipynb", theme="dark")
    lab.run_all(page)
    shown = [" ".join(lab.cell_output(page, i).all_inner_texts()) for i in range(6)]
    assert "Look at line 7." in shown[2] and "7 | args = xs" in shown[2]
    assert "list(xs)" in shown[3]
    assert "passed" in shown[5] and "saved as e02_partials.py" in shown[5]
    assert (lab.root / "course" / "e02_partials.py").read_text() == right
    [searching, _] = lab.save(page).cells[2].outputs
    assert searching.data == {"text/plain": ""}  # what was shown while it was looking is gone
    assert page.recorded.console == []
    axe(page, OUTPUTS)
