"""What a notebook shows of a model, and what a terminal does."""

import re
import sys
import webbrowser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest

import autograd
import nn
from autograd import Value, draw, play
from autograd.util.lazy_numpy import np
from autograd.viz import Drawing


def rows(html: str) -> list[list[str]]:
    return [re.findall(r"<t[hd]>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]


def test_a_model_is_a_table_of_its_parts():
    model = nn.MLP(2, [3, 1], seed=0)
    head, *parts = rows(model._repr_html_())
    assert head == ["part", "what it is", "parameters", "largest |number|", "largest |gradient|"]
    assert [row[:3] for row in parts] == [
        ["layers[0]", "Layer of 3 reluNeuron(2)", "9"],
        ["layers[1]", "Layer of 1 linearNeuron(3)", "4"],
        ["all", "MLP", "13"],
    ]
    assert all(row[4] == "–" for row in parts)
    nn.mse_loss(model([1.0, 2.0]), 5.0).backward()
    weights, gradients = ([getattr(p, what) for p in model.parameters()] for what in ("data", "grad"))
    assert rows(model._repr_html_())[-1][3:] == [f"{max(map(abs, weights)):.4g}", f"{max(map(abs, gradients)):.4g}"]


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        (nn.Neuron(2, seed=0), ["all"]),
        (nn.Layer(2, 12, seed=0), [f"neurons[{i}]" for i in range(12)] + ["all"]),
        (nn.Layer(2, 30, seed=0), [f"neurons[{i}]" for i in range(10)] + ["… 19 more", "neurons[29]", "all"]),
        (nn.Sequential(nn.MLP(2, [2]), nn.Layer(2, 1)), ["layers[0]", "layers[1]", "all"]),
    ],
)
def test_long_models_are_shortened_and_deep_ones_shown_one_level_down(model, parts):
    assert [row[0] for row in rows(model._repr_html_())[1:]] == parts


def test_a_number_that_is_not_finite_shows_and_a_name_is_text():
    model = nn.Neuron(1, activation=None)
    model.w[0].data = np.nan

    class Bold(nn.Module):
        def __init__(self):
            self.inner, self.free = model, Value(2.0)

        def __repr__(self):
            return "<b>"

    assert rows(Bold()._repr_html_())[-1] == ["all", "Bold", "3", "nan", "–"]
    assert "&lt;b&gt;" in nn.Sequential(Bold())._repr_html_()


def test_a_plot_of_a_history_is_a_picture_without_pyplot():
    pytest.importorskip("matplotlib")
    figure = nn.History({"loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "accuracy": [0.5, 0.9]}).plot()
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert [axis.get_ylabel() for axis in figure.axes] == ["loss", "accuracy"]


def test_without_matplotlib_a_plot_is_lines_of_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.delitem(sys.modules, "nn.training.plot", raising=False)
    history = nn.History({"loss": [1.0, 0.5]}, stopped="patience")
    assert repr(history.plot()) == str(history)
    assert str(history).splitlines() == ["2 epochs, ended by patience", "loss  █▁  1 → 0.5"]


def value() -> Value:
    return (Value(2.0, label="a") * 3.0).tanh()


def program() -> object:
    f = autograd.compile(autograd.tanh)
    f(1.0)
    return f


def training() -> object:
    history = nn.fit(nn.MLP(1, [1], seed=0), [[0.0], [1.0]], [1.0, 3.0], epochs=1, record=True, progress=False)
    return play(history)


SHOWN = [value, lambda: draw(value()), lambda: play(value()), lambda: play(value(), quiz=True), program, training]


@pytest.mark.parametrize("make", SHOWN)
@pytest.mark.parametrize("switch", ["", "auto", "static"])
def test_one_switch_makes_every_picture_of_a_notebook_a_plain_image(monkeypatch, make, switch):
    shown = make()
    monkeypatch.setenv("AUTOGRAD_DISPLAY", switch)
    kind = "image/svg+xml" if switch == "static" else "text/html"
    assert set(shown._repr_mimebundle_()) == {kind, "text/plain"}


def test_a_wrong_switch_is_named_under_the_text(monkeypatch):
    monkeypatch.setenv("AUTOGRAD_DISPLAY", "svg")
    drawing = draw(value())
    message = "AUTOGRAD_DISPLAY is 'auto' or 'static', not 'svg'"
    assert drawing._repr_mimebundle_() == {"text/plain": f"{drawing}\n{message}"}


VIEWS = [
    lambda: draw(value()),
    lambda: draw(program()),
    lambda: play(value()),
    lambda: play(value(), quiz=True),
    training,
]


@pytest.mark.parametrize("make", VIEWS)
@pytest.mark.parametrize("has_browser", [True, False])
def test_show_opens_a_page_or_says_where_it_is(monkeypatch, tmp_path, capsys, make, has_browser):
    opened = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or has_browser)
    assert make().show() is None
    (path,) = tmp_path.glob("autograd-*/*.html")
    assert Path(unquote(urlsplit(opened[0]).path)) == path
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert capsys.readouterr() == ("" if has_browser else f"{path}\n", "")


@pytest.mark.parametrize("make", VIEWS)
def test_show_in_a_notebook_is_an_output(monkeypatch, make):
    displayed = []
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=displayed.append))
    monkeypatch.setattr(webbrowser, "open", lambda address: pytest.fail("a browser was opened"))
    view = make()
    assert view.show() is None
    assert displayed == [view]


@pytest.mark.parametrize("make", VIEWS)
def test_a_saved_page_has_a_language_and_a_heading(monkeypatch, tmp_path, make):
    for system in ("en", "zh"):
        monkeypatch.setenv("LANGUAGE", system)
        view = make()
        page = view.save(tmp_path / f"{system}.html").read_text(encoding="utf-8")
        heading = re.search("<main><h1>(.+?)</h1>", page)[1]
        assert f"<title>{heading}</title>" in page
        (language,) = re.findall("<html lang=(.*?)>", page)
        assert language == f'"{"en" if isinstance(view, Drawing) else system}"'  # as its heading is
