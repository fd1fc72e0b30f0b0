"""The notebooks that are made from the texts and the starters of the exercises."""

import json

import pytest
from fixtures.learning import learn_process
from fixtures.notebook_files import validate

from autograd.learn.exercises.exercise import EXERCISES, exercise
from autograd.learn.progress import Progress
from autograd.learn.reporting.texts import words
from autograd.learn.terminal.export_notebook import as_notebook, for_cell


def test_notebooks_are_written_and_none_is_overwritten(learn, exercises):
    status, said = learn("export-notebook", 4)
    assert status == 0
    assert "e04_rules.ipynb is written" in said
    found = json.loads((exercises / "e04_rules.ipynb").read_text(encoding="utf-8"))
    assert exercise(4).source("starter").strip() in ["".join(cell["source"]) for cell in found["cells"]]
    before = (exercises / "e04_rules.ipynb").read_bytes()
    status, said = learn("export-notebook", 4)
    assert status == 1 and "e04_rules.ipynb would be overwritten" in said
    (exercises / "e04_rules.ipynb").write_bytes(before + b" ")
    status, said = learn("export-notebook", "--all")
    assert status == 0 and "e04_rules.ipynb is there already" in said and "e05_rules_two.ipynb is written" in said
    assert len(list(exercises.glob("*.ipynb"))) == len(EXERCISES)
    assert (exercises / "e04_rules.ipynb").read_bytes() == before + b" "


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_notebook_is_valid(language):
    for one in EXERCISES:
        validate(as_notebook(one, words(language)))


@pytest.mark.notebook
@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.name)
def test_every_notebook_runs_in_a_real_kernel(one, exercises):
    """As it was handed out, then with the solution in the learner's place: from not started to passed."""
    import nbformat
    from nbclient import NotebookClient

    done = learn_process("export-notebook", one.number, folder=exercises)
    assert done.returncode == 0
    for source, state in ((None, "not started"), (one.source(), "passed")):
        notebook = nbformat.read(exercises / f"{one.name}.ipynb", as_version=4)
        cells = {cell.id: cell for cell in notebook.cells}
        if source:
            cells["work"].source = for_cell(source)
        client = NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(exercises)}}
        )
        client.execute()
        shown = cells["check"].outputs[0].data
        assert state in shown["text/plain"].split("\n")[0]
        assert f"Exercise {one.number}" in shown["text/html"]
    assert Progress(exercises).passed() == {one.name}


@pytest.mark.parametrize(
    ("number", "has_graphs"), [(1, False), (4, False), (7, True), (9, True), (14, False), (17, True)]
)
def test_only_a_notebook_with_values_offers_a_graph(number, has_graphs):
    cells = [cell["id"] for cell in as_notebook(exercise(number), words("en"))["cells"]]
    assert ("graph" in cells) == has_graphs
