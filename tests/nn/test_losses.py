"""The losses: PyTorch's numbers, gradients, compiled as eager, shapes, and what is refused."""

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

import autograd
from autograd import NonFiniteError, Value, value_and_grad
from nn import losses
from nn.losses import LOSSES, cross_entropy, hinge_loss, huber_loss

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "losses.json").read_text(encoding="utf-8"))
PAIRED = [
    "mse_loss",
    "half_squared_error",
    "mae_loss",
    "huber_loss",
    "bce_loss",
    "bce_with_logits",
    "hinge_loss",
]


def values(tree: Any) -> Any:
    return [values(x) for x in tree] if isinstance(tree, list) else Value(tree)


def flat(tree: Any) -> list[Any]:
    return [x for part in tree for x in flat(part)] if isinstance(tree, (list, np.ndarray)) else [tree]


def value_and_gradient(loss: Callable[..., Any], predictions: Any, *arguments: Any, **options: Any) -> Any:
    leaves = values(predictions)
    out = loss(leaves, *arguments, **options)
    out.backward()
    return out.data, [leaf.grad for leaf in flat(leaves)]


def sample(name: str, n: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and targets that suit the loss, away from its kinks."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.95, n) if name == "bce_loss" else rng.normal(0.0, 2.0, n)
    if name == "hinge_loss":
        return p, rng.choice([-1.0, 1.0], n)
    return p, rng.uniform(0.0, 1.0, n) if name.startswith("bce") else rng.normal(0.0, 2.0, n)


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


SYNONYMS = {
    "mean_squared_error": "mse_loss", "MSELoss": "mse_loss", "mean_absolute_error": "mae_loss", "l1_loss": "mae_loss",
    "L1Loss": "mae_loss", "HuberLoss": "huber_loss", "binary_crossentropy": "bce_loss", "BCELoss": "bce_loss",
    "binary_cross_entropy": "bce_loss", "binary_cross_entropy_with_logits": "bce_with_logits",
    "BCEWithLogitsLoss": "bce_with_logits", "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy", "CrossEntropyLoss": "cross_entropy",
}  # fmt: skip
"""What Keras and PyTorch call them."""


def test_the_table_has_every_loss_by_its_names() -> None:
    assert set(PAIRED) | {"cross_entropy"} == set(losses.__all__) - {"LOSSES"}
    for name in (*PAIRED, "cross_entropy"):
        assert LOSSES[name] is LOSSES[name.removesuffix("_loss")] is getattr(losses, name)
    assert set(LOSSES) == {"mse", "mae", "huber", "bce", "hinge", *PAIRED, "cross_entropy", *SYNONYMS}
    assert all(LOSSES[name] is getattr(losses, own) for name, own in SYNONYMS.items())


# ── PyTorch's numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def is_held(row: dict[str, Any]) -> bool:
    """Where PyTorch holds the slope of bce_loss: p(1 − p) below 1e-12 (the float32 nearest to it)."""
    return row["loss"] == "bce_loss" and any(p * (1 - p) < 0.99e-12 for p in flat(row["predictions"]))


@pytest.mark.parametrize(
    "row",
    [row for row in REFERENCE["losses"] if not is_held(row)],
    ids=lambda row: f"{row['loss']}-{row['reduction']}",
)
def test_a_loss_is_pytorchs(row: dict[str, Any]) -> None:
    found, gradient = value_and_gradient(
        LOSSES[row["loss"]], row["predictions"], row["targets"], row["reduction"], **row["options"]
    )
    # PyTorch's own bce_with_logits cancels: it is right to some 1e-16 of the logit, and not of the loss.
    allowed = 4e-15 * max(map(abs, flat(row["predictions"]))) if row["loss"] == "bce_with_logits" else 1e-15
    assert found == pytest.approx(row["value"], rel=1e-12, abs=allowed)
    assert gradient == pytest.approx(flat(row["gradient"]), rel=1e-11, abs=1e-15)


HELD = [row for row in REFERENCE["losses"] if is_held(row)]


@pytest.mark.parametrize("row", HELD, ids=lambda row: f"{row['predictions'][0]}-{row['targets'][0]}")
def test_probabilities_of_0_and_1_are_pytorchs_but_for_the_slope_of_a_right_one(row: dict[str, Any]) -> None:
    (p,), (t,) = row["predictions"], row["targets"]
    found, (slope,) = value_and_gradient(LOSSES["bce_loss"], row["predictions"], row["targets"], "sum")
    assert found == pytest.approx(row["value"], rel=1e-12)
    if t == (0.0 if p < 0.5 else 1.0):  # PyTorch fades it to 0, where the derivative of −ln(1 − p) is 1/(1 − p)
        assert slope == pytest.approx(1.0 if p < 0.5 else -1.0, rel=1e-11)
        assert abs(row["gradient"][0]) < 0.11
    else:
        assert slope == pytest.approx(row["gradient"][0], rel=1e-8)


INF = math.inf
# (loss, prediction, target, value, slope): by the formulas; a slope of None is refused, because the loss is infinite
AT_INFINITY: list[tuple[str, float, float, float, float | None]] = [
    ("bce_with_logits", INF, 1.0, 0.0, 0.0),
    ("bce_with_logits", -INF, 0.0, 0.0, 0.0),
    ("bce_with_logits", INF, 0.0, INF, None),
    ("bce_with_logits", -INF, 1.0, INF, None),
    ("bce_with_logits", INF, 0.5, INF, None),
    ("bce_loss", 0.0, 0.0, 0.0, 1.0),
    ("bce_loss", 1.0, 1.0, 0.0, -1.0),
    ("bce_loss", 0.0, 1.0, 100.0, -1e12),
    ("bce_loss", 1.0, 0.0, 100.0, 1e12),
    ("hinge_loss", INF, 1.0, 0.0, 0.0),
    ("hinge_loss", -INF, -1.0, 0.0, 0.0),
    ("hinge_loss", INF, -1.0, INF, None),
    *(
        (name, x, 0.5, INF, None)
        for name in ("mse_loss", "half_squared_error", "mae_loss", "huber_loss")
        for x in (INF, -INF)
    ),
]
CROSS_ENTROPIES: list[tuple[list[float], Any, float, list[float] | None]] = [
    ([-INF, 0.0], [0.0, 1.0], 0.0, [0.0, 0.0]),
    ([-INF, 0.0], 1, 0.0, [0.0, 0.0]),
    ([-INF, 0.0, 0.0], [0.0, 0.25, 0.75], math.log(2), [0.0, 0.25, -0.25]),
    ([-INF, -INF, 3.0], [0.0, 0.0, 1.0], 0.0, [0.0, 0.0, 0.0]),
    ([-INF, 0.0], [1.0, 0.0], INF, None),
    ([-INF, 0.0], 0, INF, None),
    ([1.0, 0.0], [0.0, 0.0], 0.0, [0.0, 0.0]),
]
ROWS = [(name, [p], t, value, slope if slope is None else [slope]) for name, p, t, value, slope in AT_INFINITY]
ROWS += [("cross_entropy", *row) for row in CROSS_ENTROPIES]


@pytest.mark.parametrize(("name", "predictions", "target", "value", "slopes"), ROWS, ids=str)
@pytest.mark.parametrize("labels", ["plain", "Values"])
@pytest.mark.parametrize("way", ["eager", "nested", "one", "rows", "float32"])
def test_what_has_no_weight_contributes_nothing_beside_an_infinity(
    name: str, predictions: list[float], target: Any, value: float, slopes: Any, labels: str, way: str
) -> None:
    """Labels may be plain numbers, or Values of which a gradient is asked, too."""
    given = [*predictions, *(flat([target]) if labels == "Values" else [])]

    def f(*xs: Any) -> Any:
        mine, others = list(xs[: len(predictions)]), list(xs[len(predictions) :])
        t = target if labels == "plain" else others if isinstance(target, list) else others[0]
        return LOSSES[name](mine if name == "cross_entropy" else mine[0], t)

    if way == "eager":
        leaves = values(given)
        out = f(*leaves)
        out.backward(allow_nonfinite=slopes is None)
        found, slope = out.data, [x.grad for x in leaves]
        if slopes is None:
            with pytest.raises(NonFiniteError):
                out.backward()
    elif way == "nested":
        found, slope = value_and_grad(f, range(len(given)), allow_nonfinite=slopes is None)(*given)
    else:
        compiled = autograd.compile(f, dtype="float32" if way == "float32" else "float64")
        batch = given if way == "one" else [np.full(3, x) for x in given]
        found, slope = np.max(compiled(*batch)), compiled.input_grad(*batch, allow_nonfinite=slopes is None)
        slope = [np.atleast_1d(x)[0] for x in (slope if len(given) > 1 else [slope])]
    relative = 1e-6 if way == "float32" else 1e-12
    assert found == pytest.approx(value, rel=relative)
    if slopes is not None:
        assert list(slope[: len(predictions)]) == pytest.approx(slopes, rel=relative)
        assert np.isfinite(slope).all()


def test_probabilities_are_held_somewhere() -> None:
    assert len(HELD) > 15


@pytest.mark.parametrize("row", REFERENCE["cross_entropies"])
def test_the_cross_entropy_of_a_batch_is_pytorchs(row: dict[str, Any]) -> None:
    found, gradient = value_and_gradient(cross_entropy, row["logits"], row["targets"], row["reduction"])
    assert found == pytest.approx(row["value"], rel=1e-12)
    assert gradient == pytest.approx(flat(row["gradient"]), rel=1e-11, abs=1e-15)


def test_a_batch_is_the_mean_of_its_samples_in_every_form() -> None:
    rows = np.random.default_rng(1).normal(size=(4, 3))
    indices = [2, 0, 1, 1]
    expected = np.mean([cross_entropy(row, i) for row, i in zip(rows.tolist(), indices, strict=True)])
    for logits in (rows, rows.tolist(), [tuple(row) for row in rows], list(rows), values(rows.tolist())):
        one_hot = np.eye(3)[indices]
        for target in (indices, np.array(indices), [float(i) for i in indices], one_hot, one_hot.tolist()):
            out = cross_entropy(logits, target)
            assert getattr(out, "data", out) == pytest.approx(expected, rel=1e-14)
    assert cross_entropy(rows.tolist(), indices, reduction="sum") == pytest.approx(4 * expected, rel=1e-14)


def test_rows_may_have_targets_of_different_forms() -> None:
    rows = [[1.0, 2.0, 3.0], [3.0, 1.0, 0.0]]
    assert cross_entropy(rows, [2, [1.0, 0.0, 0.0]]) == cross_entropy(rows, [2, 0])


def test_the_contracts_worked_value() -> None:
    found, gradient = value_and_gradient(cross_entropy, [1.0, 2.0, 3.0], 2)
    assert found == pytest.approx(0.4076059644, rel=1e-9)
    assert gradient == pytest.approx([0.0900305732, 0.2447284711, -0.3347590442], rel=1e-9)


@pytest.mark.parametrize(("logit", "target"), [(-30.0, 0.0), (30.0, 1.0), (-700.0, 0.0)])
def test_bce_with_logits_does_not_cancel(logit: float, target: float) -> None:
    found, (slope,) = value_and_gradient(LOSSES["bce_with_logits"], [logit], [target])
    small = math.exp(-abs(logit))
    assert found == pytest.approx(math.log1p(small), rel=1e-14)
    assert slope == pytest.approx(math.copysign(small / (1 + small), 0.5 - target), rel=1e-14)


def test_no_probability_is_nan_and_reaches_no_parameter() -> None:
    for p in (1.5, -0.5, math.nan):
        for t in (0.0, 1.0, 0.5):
            leaf = Value(p)
            loss = LOSSES["bce_loss"]([leaf], [t])
            assert math.isnan(loss.data)
            with pytest.raises(NonFiniteError):
                loss.backward()
            assert leaf.grad == 0.0


# ── gradients ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", PAIRED)
def test_gradients_in_predictions_and_targets(name: str, reduction: str) -> None:
    p, t = sample(name)
    assert autograd.gradcheck(lambda p: LOSSES[name](p, t.tolist(), reduction), (p.tolist(),), order=2)
    assert autograd.gradcheck(lambda t: LOSSES[name](p.tolist(), t, reduction), (t.tolist(),))


@pytest.mark.parametrize("target", [1, [0.0, 1.0, 0.0], [0.2, 0.5, 0.3]], ids=["index", "one-hot", "soft"])
def test_gradients_of_the_cross_entropy(target: Any) -> None:
    assert autograd.gradcheck(lambda x: cross_entropy(x, target), ([0.3, -1.0, 2.0],), order=2)


def test_a_gradient_reaches_a_soft_target() -> None:
    assert autograd.gradcheck(lambda t: cross_entropy([0.3, -1.0, 2.0], t), ([0.2, 0.5, 0.3],))


# ── compiled ────────────────────────────────────────────────────────────────────────────────────────────────────────

# Edge inputs too, in the same batch: the compiled program repeats carefully where a row is not finite.
EDGES = {"bce_loss": [(0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (1.0, 0.25)], "bce_with_logits": [(1e3, 1.0), (-1e3, 1.0)]}


@pytest.mark.parametrize("name", PAIRED)
def test_compiled_is_eager(name: str) -> None:
    p, t = sample(name, 12)
    edge_p, edge_t = np.array(EDGES.get(name, [(0.5, 1.0)])).T
    p, t = np.concatenate([p, edge_p]), np.concatenate([t, edge_t])
    shift = Value(0.0)
    compiled = autograd.compile(lambda p, t: LOSSES[name](p + shift, t))
    rows = compiled(p, t)
    gradients = compiled.input_grad(p, t)[0]
    for i in range(len(p)):
        found, (slope,) = value_and_gradient(LOSSES[name], [float(p[i])], [float(t[i])])
        assert rows[i] == pytest.approx(found, rel=1e-13, abs=1e-300)
        assert gradients[i] == pytest.approx(slope, rel=1e-12, abs=1e-300)
    value, gradient = compiled.value_and_grad(p, t)
    assert value == pytest.approx(np.mean(rows), rel=1e-13)
    assert gradient[0] == pytest.approx(np.mean(gradients), rel=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", PAIRED)
def test_compiled_over_a_whole_sample(name: str, reduction: str) -> None:
    p, t = sample(name, 12)
    p, t = p.reshape(2, 6), t.reshape(2, 6)
    compiled = autograd.compile(lambda p, t: LOSSES[name](p, t, reduction))
    eager = [value_and_gradient(LOSSES[name], p[i].tolist(), t[i].tolist(), reduction) for i in range(2)]
    assert compiled(p, t) == pytest.approx([value for value, _ in eager], rel=1e-13)
    assert compiled.input_grad(p, t)[0] == pytest.approx(np.array([slopes for _, slopes in eager]), rel=1e-12)


@pytest.mark.parametrize(
    "targets",
    [np.array([2, 0, 1, 1]), np.eye(3)[[2, 0, 1, 1]], np.random.default_rng(0).dirichlet(np.ones(3), 4)],
    ids=["index", "one-hot", "soft"],
)
def test_the_compiled_cross_entropy_is_the_eager_one(targets: np.ndarray) -> None:
    rows = np.random.default_rng(2).normal(size=(4, 3))
    compiled = autograd.compile(lambda x, y: cross_entropy(x, y))
    eager = [value_and_gradient(cross_entropy, rows[i].tolist(), targets[i].tolist()) for i in range(4)]
    assert compiled(rows, targets) == pytest.approx([value for value, _ in eager], rel=1e-13)
    assert compiled.input_grad(rows, targets)[0] == pytest.approx(np.array([slopes for _, slopes in eager]), rel=1e-12)
    whole = autograd.compile(lambda x, y: cross_entropy(x, y, reduction="sum"))
    assert whole(rows[None], targets[None]) == pytest.approx([sum(value for value, _ in eager)], rel=1e-13)


def test_targets_that_are_recorded_are_not_looked_at() -> None:
    compiled = autograd.compile(lambda p, t: (LOSSES["bce"](p, t), hinge_loss(p, t)))
    bce, hinge = compiled(0.5, 7.0)  # no such share or side: the program computes all the same
    assert bce == pytest.approx(math.log(2))
    assert hinge == 0.0


def test_a_class_that_there_is_not_is_refused_when_its_row_comes() -> None:
    compiled = autograd.compile(lambda p, t: cross_entropy([p, 0.0], t)).record(0.5, 7.0)
    assert compiled(0.0, 1.0) == pytest.approx(math.log(2))
    with pytest.raises(IndexError, match=r"t is 7 in row 1 of the batch, but there are 2 numbers"):
        compiled(np.zeros(2), np.array([0, 7]))


# ── shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PAIRED)
def test_a_bare_number_is_a_sequence_of_one(name: str) -> None:
    (p,), (t,) = (x.tolist() for x in sample(name, 1))
    expected = LOSSES[name]([p], [t])
    for predictions in (p, Value(p), np.float64(p), np.array(p), [Value(p)], np.array([p])):
        for target in (t, np.float64(t), np.array(t), Value(t), [t], np.array([t])):
            out = LOSSES[name](predictions, target)
            assert getattr(out, "data", out) == pytest.approx(expected, rel=1e-15)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(PAIRED), n=st.integers(1, 5), k=st.integers(1, 4), total=st.booleans(), data=st.data())
def test_every_shape_is_its_entries_one_after_the_other(name: str, n: int, k: int, total: bool, data: Any) -> None:
    p, t = sample(name, n * k, seed=data.draw(st.integers(0, 1000)))
    reduction = "sum" if total else "mean"
    each = [LOSSES[name](float(a), float(b)) for a, b in zip(p, t, strict=True)]
    expected = sum(each) if total else sum(each) / len(each)
    for predictions, targets in [
        (p.tolist(), t.tolist()),
        (p, t),
        (p.reshape(n, k), t.reshape(n, k)),
        (p.reshape(n, k).tolist(), tuple(map(tuple, t.reshape(n, k)))),
        ([Value(x) for x in p], t),
    ]:
        out = LOSSES[name](predictions, targets, reduction)
        assert getattr(out, "data", out) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 4), m=st.integers(1, 4), name=st.sampled_from(PAIRED))
def test_lengths_never_broadcast(n: int, m: int, name: str) -> None:
    if n == m:
        return
    for targets in ([1.0] * m, np.ones(m)):
        with pytest.raises(ValueError, match=rf"^there are {n} predictions but {m} targets$"):
            LOSSES[name]([0.5] * n, targets)


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NO_CLASS = "there is no class {}: with {} logits the classes are 0 to {}"
NO_INDEX = "a target must be a class's index, or one number per class, not a"
NO_REDUCTION = "reduction must be 'mean' or 'sum', not 'none'"
TOO_FEW = "there are 2 logits but the target has length 1"
ROWS = "all rows of logits need the same number of classes, not"
NOTHING = "there are no predictions to average"
BINARY = "takes targets from 0 to 1, not -1; if your labels are -1 and +1, use (y + 1) / 2, or hinge_loss"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        *[(lambda f=LOSSES[name]: f([], []), ValueError, NOTHING) for name in PAIRED],
        *[
            (lambda f=LOSSES[name]: f([0.5], [1.0], "none"), ValueError, NO_REDUCTION)
            for name in PAIRED
        ],
        *[
            (lambda d=d: huber_loss([1.0], [0.0], delta=d), ValueError, f"delta must be a positive number, not {d!r}")
            for d in (0.0, -1.0, math.nan, math.inf, "1", None)
        ],
        (lambda: huber_loss(1.0, 0.0, delta=Value(2.0)), ValueError, "delta must be a positive number, not Value(2.0)"),
        (lambda: LOSSES["bce"]([0.5, 0.5], [1, -1]), ValueError, f"bce_loss {BINARY}"),
        (lambda: LOSSES["bce_with_logits"](0.5, np.array(-1.0)), ValueError, f"bce_with_logits {BINARY}"),
        (
            lambda: hinge_loss([Value(0.5)], np.array([0.0])),
            ValueError,
            "hinge_loss takes targets of -1 and +1, not 0; if your labels are 0 and 1, use 2 * y - 1",
        ),
        (lambda: cross_entropy([1.0, 2.0], 2), IndexError, NO_CLASS.format("2", 2, 1)),
        (lambda: cross_entropy([1.0, 2.0], -1), IndexError, NO_CLASS.format("-1", 2, 1)),
        (lambda: cross_entropy([1.0, 2.0], 0.5), IndexError, NO_CLASS.format("0.5", 2, 1)),
        (lambda: cross_entropy([1.0], math.nan), IndexError, NO_CLASS.format("nan", 1, 0)),
        (lambda: cross_entropy([[1.0, 2.0]], [np.int64(5)]), IndexError, NO_CLASS.format("5", 2, 1)),
        (lambda: cross_entropy([1.0, 2.0], "a"), TypeError, f"{NO_INDEX} str"),
        (lambda: cross_entropy([1.0, 2.0], None), TypeError, f"{NO_INDEX} NoneType"),
        (lambda: cross_entropy([1.0, 2.0], [1.0]), ValueError, TOO_FEW),
        (lambda: cross_entropy([[1.0, 2.0]] * 2, [[0], [1]]), ValueError, TOO_FEW),
        (lambda: cross_entropy([[1.0, 2.0]] * 2, 1), ValueError, "there are 2 rows of logits but only one target"),
        (lambda: cross_entropy([[1.0, 2.0]] * 2, [1]), ValueError, "there are 2 rows of logits but 1 targets"),
        (lambda: cross_entropy([[1.0, 2.0], [1.0]], [1, 0]), ValueError, f"{ROWS} 1 and 2"),
        (lambda: cross_entropy([[1.0, 2.0], 1.0], [1, 0]), ValueError, f"{ROWS} 0 and 2"),
        (lambda: cross_entropy([[], []], [1, 0]), ValueError, f"{ROWS} 0"),
        (lambda: cross_entropy([], 0), ValueError, "the list of logits is empty: there must be one per class"),
        (lambda: cross_entropy([1.0], 0, "none"), ValueError, NO_REDUCTION),
        (lambda: cross_entropy([[1.0]], [0], "none"), ValueError, NO_REDUCTION),
        (
            lambda: cross_entropy(Value(1.0), 0),
            TypeError,
            "cross_entropy takes a list with one logit per class, not a Value; "
            "for two classes and a single logit use bce_with_logits",
        ),
    ],
)  # fmt: skip
def test_a_misused_loss_says_why(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize(("p", "t"), [("a", 1.0), (Value(0.5), "a"), ([Value(0.5)], [None]), (None, 1.0)])
def test_what_is_no_number_is_a_type_error(name: str, p: Any, t: Any) -> None:
    with pytest.raises(TypeError):
        LOSSES[name](p, t)


NUMBERS = [
    (np.array([0], np.uint8), np.array([255], np.uint8), 255.0**2),
    (np.array([2**40]), np.array([-(2**40)]), 2.0**82),
    (np.uint8(0), np.uint8(255), 255.0**2),
    (np.array([[True, False]]), np.array([[False, False]]), 0.5),
    (range(3), (x * x for x in range(3)), 4 / 3),
]


@pytest.mark.parametrize(("predictions", "targets", "expected"), NUMBERS)
def test_plain_numbers_of_any_type_count_as_what_they_are(predictions: Any, targets: Any, expected: float) -> None:
    assert losses.mse_loss(predictions, targets) == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_logits_of_any_type_count_as_what_they_are(dtype: Any) -> None:
    expected = math.log(math.exp(-2) + math.exp(-1) + 1)
    assert cross_entropy(np.array([1, 2, 3], dtype), 2) == pytest.approx(expected, rel=1e-7)
    one_hot = np.array([[0, 0, 1]], dtype)
    assert cross_entropy(np.array([[1, 2, 3]], dtype), one_hot) == pytest.approx(expected, rel=1e-7)
