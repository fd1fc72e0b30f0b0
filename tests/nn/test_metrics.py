"""The metrics: scikit-learn's numbers, every form a class may come in, and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import metrics
from nn.metrics import METRICS, accuracy, confusion_matrix, f1_score, mean_squared_error, precision, r2_score, recall

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "losses.json").read_text(encoding="utf-8"))
OF_CLASSES = {"accuracy": accuracy, "precision": precision, "recall": recall, "f1_score": f1_score}
NO_LABEL = "{} contains {}, which is not a class label: labels must be whole numbers"
NO_COLUMN = "y_true has the labels {}, but y_pred has 2 columns: label from 0"
NO_ROWS = "y_true must have one row per sample, (n,) or (n, k), not shape {}"
AVERAGED = [precision, recall, f1_score]


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_has_every_metric_that_is_one_number() -> None:
    names = set(metrics.__all__) - {"METRICS", "confusion_matrix"}
    short = {"f1": "f1_score", "r2": "r2_score", "mse": "mean_squared_error", "mae": "mean_absolute_error"}
    averages = ("macro", "micro", "weighted")
    averaged = {
        f"{name}_{average}": average for name in ("precision", "recall", "f1_score", "f1") for average in averages
    }
    assert set(METRICS) == names | set(short) | set(averaged)
    assert all(METRICS[name] is getattr(metrics, short.get(name, name)) for name in names | set(short))
    for name, average in averaged.items():
        plain = name.removesuffix(f"_{average}")
        function = getattr(metrics, short.get(plain, plain))
        assert METRICS[name]([0, 1, 2], [0, 2, 2]) == function([0, 1, 2], [0, 2, 2], average=average)


# ── scikit-learn's numbers ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", REFERENCE["classes"], ids=lambda row: f"{row['y_true'][:3]}-{row['average']}")
def test_of_classes_it_is_scikit_learns(row: dict[str, Any]) -> None:
    for name, metric in OF_CLASSES.items():
        options = {} if name == "accuracy" else {"average": row["average"]}
        found = metric(row["y_true"], row["y_pred"], **options)
        assert type(found) is float
        assert found == pytest.approx(row[name], rel=1e-14), name
    found = confusion_matrix(row["y_true"], row["y_pred"])
    assert found.tolist() == row["confusion_matrix"]
    assert found.dtype == np.int64


@pytest.mark.parametrize("row", REFERENCE["numbers"])
def test_of_numbers_it_is_scikit_learns(row: dict[str, Any]) -> None:
    for name in ("r2_score", "mean_squared_error", "mean_absolute_error"):
        found = METRICS[name](row["y_true"], row["y_pred"])
        assert type(found) is float
        assert found == pytest.approx(float(row[name]), rel=1e-13, nan_ok=True), name


def test_the_reference_holds_the_cases_that_divide_by_zero() -> None:
    zero = [row for row in REFERENCE["classes"] if row["precision"] == 0.0 or row["recall"] == 0.0]
    assert len(zero) >= 5
    assert [row for row in REFERENCE["numbers"] if row["r2_score"] == "nan"]


# ── the forms of a class ────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=80, deadline=None)
@given(data=st.data(), n=st.integers(1, 12), k=st.integers(2, 5))
def test_every_form_of_several_classes_is_the_same(data: Any, n: int, k: int) -> None:
    labels = st.lists(st.integers(0, k - 1), min_size=n, max_size=n)
    true, pred = data.draw(labels), data.draw(labels)
    scores = np.eye(k)[pred] * 3 - np.random.default_rng(n).uniform(0, 2, (n, k))
    trues = [
        true,
        np.array(true),
        np.array(true, float),
        np.array(true)[:, None],
        np.array(true, np.uint8),
        np.eye(k)[true],
    ]
    preds = [pred, np.array(pred)[:, None], np.eye(k)[pred], np.eye(k, dtype=int)[pred], scores, scores.tolist()]
    expected = sum(a == b for a, b in zip(true, pred, strict=True)) / n
    table = [[0] * k for _ in range(k)]
    for a, b in zip(true, pred, strict=True):
        table[a][b] += 1
    for y_true in trues:
        for y_pred in preds:
            assert accuracy(y_true, y_pred) == pytest.approx(expected)
            assert confusion_matrix(y_true, y_pred, labels=range(k)).tolist() == table
            for metric in AVERAGED:
                assert metric(y_true, y_pred, average="macro") == metric(true, pred, average="macro")


@pytest.mark.parametrize(
    ("y_true", "y_pred", "options", "expected"),
    [
        ([0, 1, 1, 0], [0.4, 0.6, 0.3, 0.9], {}, 0.5),  # probabilities
        ([0, 1, 1], [0.5, 0.500001, 1.0], {}, 1.0),  # the threshold itself is the other class
        ([0, 1, 1], [[0.2], [0.7], [0.1]], {}, 2 / 3),  # a column
        ([[0], [1], [1]], [0.2, 0.7, 0.1], {}, 2 / 3),
        ([False, True, True], [0.2, 0.7, 0.1], {}, 2 / 3),
        (np.eye(2)[[0, 1, 1]], [0.2, 0.7, 0.1], {}, 2 / 3),  # one-hot rows beside one output
        ([0, 1, 1], [0.2, 0.7, 0.1], {"threshold": 0.05}, 2 / 3),
        ([0, 1, 1], [-3.0, 0.2, 9.0], {"threshold": 0}, 1.0),  # logits
        ([0, 1], [-1, 3], {"threshold": 0}, 1.0),
        ([0.0, 1.0], [1.2, -0.1], {"threshold": 0.5}, 0.0),  # estimates
        ([-1, 1, 1], [-0.2, 0.1, -7.0], {}, 2 / 3),  # margins
        ([-1, -1], [0.1, -0.1], {}, 0.5),
        ([-1.0, 1.0], [[-0.2], [0.3]], {}, 1.0),
        ([-1, 1], [0.2, 0.9], {"threshold": 0.5}, 1.0),
        ([1, 1], [0.6, 0.4], {}, 0.5),  # one class alone is of 0 and 1
        ([0.0, 1.0], [0.0, 1.0], {}, 1.0),  # labels written as floats
        ([0, 1, 2], [0.0, 2.0, 2.0], {}, 2 / 3),
        ([0, 1], [True, True], {}, 0.5),
        ([0, 1, 1], [[1.0, 1.0], [0.0, -math.inf], [-1.0, -0.5]], {}, 2 / 3),  # a tie is the first
        ([7, -3], [7, 4], {}, 0.5),  # labels may be any whole numbers
    ],
)
def test_what_counts_as_which_class(y_true: Any, y_pred: Any, options: dict[str, Any], expected: float) -> None:
    assert accuracy(y_true, y_pred, **options) == pytest.approx(expected)


def test_every_metric_takes_the_threshold() -> None:
    true, logits = [0, 1, 1, 0], [-2.0, 3.0, -1.0, 0.4]
    pred = [0, 1, 0, 1]
    for metric in (*AVERAGED, confusion_matrix):
        assert np.array_equal(metric(true, logits, threshold=0.0), metric(true, pred))


def test_the_matrix_of_chosen_labels() -> None:
    found = confusion_matrix([0, 1, 2, 2], [0, 2, 2, 1], labels=[2, 0, 5])
    assert found.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


R2 = [
    ([0.1] * 3, [0.1, 0.1, 0.2], 0.0),  # the mean of three tenths rounds
    ([0.1] * 3, [0.1] * 3, 1.0),
    ([1e-200] * 2, [1e-200, 2e-200], 0.0),  # whose square is 0
    ([1e-200, 2e-200], [1e-200, 2.5e-200], 0.5),
    ([1e200, 2e200], [1e200, 2.5e200], 0.5),
    ([[0.1, 1.0]] * 3, [[0.1, 1.0], [0.1, 1.0], [0.2, 1.0]], 0.5),
    ([1e16, 1e16 + 2], [1e16, 1e16], -1.0),  # whose mean rounds
    ([1.7e308, -1.7e308], [1.7e308, 0.0], 0.5),
    ([5e-324, 1e-323], [5e-324, 5e-324], -1.0),
]


@pytest.mark.parametrize(("y_true", "y_pred", "expected"), R2)
def test_whether_targets_vary_and_predictions_are_exact_is_no_matter_of_rounding(
    y_true: Any, y_pred: Any, expected: float
) -> None:
    assert r2_score(y_true, y_pred) == pytest.approx(expected, rel=1e-12)


def test_a_column_is_a_row_of_numbers() -> None:
    assert mean_squared_error([[1.0], [2.0]], [1.0, 4.0]) == mean_squared_error([1.0, 2.0], [[1.0], [4.0]]) == 2.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_the_metrics_agree_with_each_other(pairs: list[tuple[int, int]]) -> None:
    true, pred = map(list, zip(*pairs, strict=True))
    table = confusion_matrix(true, pred)
    assert table.sum() == len(true)
    assert np.trace(table) / len(true) == pytest.approx(accuracy(true, pred))
    assert recall(true, pred, average="macro") == pytest.approx(precision(pred, true, average="macro"))
    assert f1_score(true, pred, average="macro") == pytest.approx(f1_score(pred, true, average="macro"))


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: accuracy([0, 1], [1]), ValueError, "y_true has 2 labels but y_pred has 1 predictions"),
        (lambda: accuracy([], []), ValueError, "y_true is empty, so there is nothing to measure"),
        (lambda: accuracy([0], []), ValueError, "y_pred is empty, so there is nothing to measure"),
        (lambda: accuracy([0, 1], [0.1, math.nan]), ValueError, "y_pred contains nan in row 1"),
        (lambda: accuracy([0, math.nan], [0, 1]), ValueError, "y_true contains nan in row 1"),
        (lambda: accuracy([0, 1], [[0.1, 0.2], [math.nan, 1]]), ValueError, "y_pred contains nan in row 1"),
        (lambda: accuracy([0.5, 1], [0, 1]), ValueError, NO_LABEL.format("y_true", "0.5")),
        (lambda: accuracy([math.inf, 1], [0, 1]), ValueError, NO_LABEL.format("y_true", "inf")),
        (lambda: accuracy([0, 1, 2], [0.1, 0.2, 2]), ValueError, NO_LABEL.format("y_pred", "0.1")),
        (lambda: accuracy([0, 2], [[1, 0], [0, 1]]), ValueError, NO_COLUMN.format("0, 2")),
        (lambda: accuracy([-1, 1], [[1, 0], [0, 1]]), ValueError, NO_COLUMN.format("-1, 1")),
        (lambda: accuracy(np.eye(3), np.eye(3)[:, :2]), ValueError, "y_true has 3 classes but y_pred has 2"),
        (
            lambda: accuracy([0, 1], [-2.5, 3.0]),
            ValueError,
            "y_pred ranges from -2.5 to 3, but the labels are 0 and 1: "
            "use threshold=0 for logits, or threshold=0.5 if the model predicts the label itself",
        ),
        (
            lambda: accuracy([0, 1, 2], [0.1, 0.2, 0.3], threshold=0.5),
            ValueError,
            "threshold is for labels 0 and 1, or -1 and +1, but y_true has 0, 1, 2",
        ),
        (lambda: accuracy([[[1]]], [1]), ValueError, NO_ROWS.format("(1, 1, 1)")),
        (lambda: accuracy(1, [1]), ValueError, NO_ROWS.format("()")),
        (lambda: accuracy(["a"], [1]), TypeError, "y_true must be an array of numbers, not of <U1"),
        (
            lambda: accuracy([1], [Value(1.0)]),
            TypeError,
            "y_pred must be an array of numbers, not of object: use nn.predict, or the .data of each Value",
        ),
        (
            lambda: precision([0, 1], [0, 1], "samples"),  # type: ignore[arg-type]
            ValueError,
            "average must be 'binary', 'macro', 'micro' or 'weighted', not 'samples'",
        ),
        (
            lambda: recall([0, 1, 2], [0, 1, 2]),
            ValueError,
            "average='binary' is for labels 0 and 1, or -1 and +1, not 0, 1, 2; use 'macro'",
        ),
        (
            lambda: f1_score(range(7), range(7)),
            ValueError,
            "average='binary' is for labels 0 and 1, or -1 and +1, not 0, 1, 2, 3, 4, …; use 'macro'",
        ),
        (lambda: r2_score([1, 2], [1]), ValueError, "y_true has shape (2,) but y_pred has shape (1,)"),
        (lambda: mean_squared_error([[1, 2]], [1, 2]), ValueError, "y_true has shape (1, 2) but y_pred has shape (2,)"),
        (lambda: mean_squared_error([1, 2], [1, math.inf]), ValueError, "y_pred contains an infinity"),
        (lambda: r2_score([], []), ValueError, "y_true is empty, so there is nothing to measure"),
    ],
)  # fmt: skip
def test_a_misused_metric_says_why(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
