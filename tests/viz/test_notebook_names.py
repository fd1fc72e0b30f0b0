"""In a notebook a Value without a label has the name of its variable, in pictures alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autograd.viz.drawing import value_mimebundle

interactiveshell = pytest.importorskip("IPython.core.interactiveshell")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An IPython of its own, which IPython.get_ipython() finds."""
    made = interactiveshell.InteractiveShell(user_ns={})
    monkeypatch.setattr("IPython.get_ipython", lambda: made)
    yield made
    made.history_manager.end_session()


def run(shell: Any, cell: str) -> dict[str, Any]:
    """The variables of a notebook after a cell."""
    shell.run_cell("from autograd import Value, draw, play").raise_error()
    shell.run_cell(cell).raise_error()
    variables: dict[str, Any] = shell.user_ns
    return variables


GRAPH = """
x, w = Value(2.0), [Value(0.5), Value(-1.0)]
named = Value(3.0, label="a")
_hidden = Value(7.0)
again = x
h = x * w[0] + named * w[1] * _hidden
loss = h.tanh()
"""


def test_values_have_the_names_of_the_variables_and_keep_their_labels(shell: Any) -> None:
    cell = run(shell, f"{GRAPH}drawn = draw(loss)\nplayed = play(loss)")
    labels = {node.label for node in cell["drawn"].picture.nodes}
    assert {"x", "w[0]", "w[1]", "a", "h", "loss"} <= labels
    assert not {"again", "named", "_hidden", "_", "Out"} & labels
    assert {"x", "w[0]", "w[1]", "a", "h", "loss"} <= set(cell["played"].steps.titles.values())
    assert [value.label for value in (cell["x"], cell["h"], cell["loss"], *cell["w"])] == [""] * 5


def test_values_in_lists_of_lists_have_their_place_as_a_name(shell: Any) -> None:
    cell = run(shell, "w = {'w1': [[Value(2.0), Value(3.0)]], 'b': Value(1.0)}\ndata = [[1.0], [w['b']]]\n")
    cell = run(shell, "drawn = draw(w['w1'][0][0] * w['w1'][0][1] + w['b'])")
    assert {node.label for node in cell["drawn"].picture.nodes} >= {"w['w1'][0][0]", "w['w1'][0][1]", "w['b']"}


def test_a_value_that_a_cell_shows_has_the_names_too(shell: Any) -> None:
    cell = run(shell, GRAPH)
    html = value_mimebundle(cell["loss"])["text/html"]
    assert "w[0]" in html and "loss" in html


def test_a_function_of_a_notebook_has_its_own_variables(shell: Any) -> None:
    cell = run(shell, "def f():\n    inner = Value(7.0)\n    return draw(inner * 2)\nouter = Value(1.0)\ndrawn = f()")
    assert {node.label for node in cell["drawn"].picture.nodes} == {"inner", ""}


def test_a_parameter_has_its_path_and_a_value_can_be_found_by_its_variable(shell: Any) -> None:
    cell = run(
        shell,
        "import nn\nmodel = nn.MLP(2, [1], seed=0)\nfirst = model.layers[0].neurons[0].w[0]\n"
        "out = model([1.0, 2.0])\nloss = out * out\ndrawn = draw(loss, open='all')\n"
        "near = draw(loss, focus='out', radius=1)",
    )
    labels = {node.label for node in cell["drawn"].picture.nodes}
    assert "layers[0].neurons[0].w[0]" in labels and "first" not in labels and {"out", "loss"} <= labels
    assert "out" in {node.label for node in cell["near"].picture.nodes}


def test_outside_of_a_notebook_a_program_has_the_names_it_gives() -> None:
    from autograd import Value, draw, play

    x = Value(2.0)
    square = x * x
    assert [node.label for node in draw(square).picture.nodes] == ["", ""]
    assert list(play(square).steps.titles.values()) == ["n0", "L"]
