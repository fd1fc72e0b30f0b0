"""predict, evaluate, History and the progress bar."""

import functools
import json
import math
import re

import numpy as np
import pytest
from fixtures.training import classes, fitted, mlp, regression

import nn


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_predict_gives_a_row_a_sample(engine):
    X, _ = classes(5)
    assert nn.predict(mlp(3), X, engine=engine).shape == (5, 3)
    X, _ = regression(5)
    outputs = nn.predict(mlp(), X, engine=engine)
    assert outputs.shape == (5,)
    np.testing.assert_allclose(outputs, [mlp()(x).data for x in X.tolist()], rtol=1e-12)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_predict_of_no_samples_has_the_shape_of_more(engine):
    assert nn.predict(mlp(), np.ones((0, 3)), engine=engine).shape == (0,)
    assert nn.predict(mlp(2), np.ones((0, 2)), engine=engine).shape == (0, 2)


def test_metrics_of_one_name_are_told_apart():
    X, y = regression()
    functions = [lambda true, said: 1.0, lambda true, said: 2.0, functools.partial(nn.metrics.r2_score),
                 functools.partial(nn.metrics.mean_squared_error), "r2_score", "r2_score"]  # fmt: skip
    found = nn.evaluate(mlp(), X, y, metrics=functions)
    assert list(found) == ["loss", "<lambda>", "<lambda> 2", "metric", "metric 2", "r2_score"]
    assert (found["<lambda>"], found["<lambda> 2"]) == (1.0, 2.0)
    assert found["metric"] == found["r2_score"]
    assert found["metric 2"] == pytest.approx(found["loss"], rel=1e-12)


def test_evaluate_gives_the_loss_and_the_metrics():
    X, y = classes()
    model = mlp(3)
    found = nn.evaluate(model, X, y, "cross_entropy", ["accuracy", lambda t, p: 7.0])
    losses = [nn.cross_entropy(model(x), int(t)).data for x, t in zip(X.tolist(), y, strict=True)]
    assert found["loss"] == pytest.approx(np.mean(losses), rel=1e-12)
    assert found["accuracy"] == np.mean(
        [np.argmax([v.data for v in model(x)]) == t for x, t in zip(X.tolist(), y, strict=True)]
    )
    assert found["<lambda>"] == 7.0


def test_a_history_is_a_mapping_that_shows_itself():
    X, y = regression()
    history = nn.fit(mlp(), X, y, epochs=20, validation=(X, y), metrics="r2_score")
    assert list(history) == ["loss", "val_loss", "val_r2_score"]
    assert len(history["loss"]) == history.epochs == 20
    assert nn.History.from_dict(json.loads(json.dumps(history.to_dict()))).to_dict() == history.to_dict()
    assert str(history).startswith("20 epochs\n")
    assert "<table>" in history._repr_html_()
    assert len(history.plot().axes) == 2
    with pytest.raises(KeyError, match=r"no 'val_los' in this history \(did you mean 'val_loss'\?\); it has loss"):
        history["val_los"]
    with pytest.raises(KeyError, match="no 'acc' in this history; it has loss, val_loss, val_r2_score"):
        history["acc"]


def test_a_history_of_numbers_that_were_not_always_asked_for(tmp_path):
    fitted(tmp_path / "c.npz", metrics="r2_score")
    fitted(tmp_path / "c.npz", metrics="mean_absolute_error", epochs=5)
    _, history = fitted(tmp_path / "c.npz", epochs=7, max_steps=32)
    assert [len(history[name]) for name in history] == [7, 3, 5]
    assert np.isnan(history["mean_absolute_error"]).tolist() == [True] * 3 + [False] * 2
    assert history._repr_html_().partition("<tbody>")[2].count("<td></td>") == 4 + 2
    assert str(history).count("→") == 3
    assert history.plot() is not None


def test_a_history_with_infinities_shows_itself():
    history = nn.History({"loss": [1.0, math.inf, 0.0, math.nan], "a": [math.inf, -math.inf]}, stopped="interrupted")
    assert str(history).splitlines() == [
        "4 epochs, interrupted", "loss  █ ▁  1 → nan, lowest 0 in epoch 3", "a         inf → -inf",
    ]  # fmt: skip
    assert "<td>inf</td>" in history._repr_html_()


def test_quiet_where_nobody_looks_and_a_bar_on_request(capfd):
    X, y = regression()
    nn.fit(mlp(), X, y, epochs=2)
    assert capfd.readouterr().err == ""
    nn.fit(mlp(), X, y, epochs=2, progress=True)
    shown = capfd.readouterr().err
    assert "epoch 2/2" in shown
    assert "loss" in shown
    assert "samples/s" in shown


def test_a_bar_is_not_drawn_at_every_step(capfd):
    X, y = regression()
    nn.fit(mlp(), X, y, epochs=500, batch_size=None, progress=True, validation=(X, y))
    shown = capfd.readouterr().err
    assert shown.count("\r") < 60
    last = shown.rstrip().split("\r")[-1]
    assert "epoch 500/500" in last
    assert "100%" in last
    assert re.search(r"loss [\d.e-]+, val_loss [\d.e-]+", last)
