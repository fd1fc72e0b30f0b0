"""Arrays of other packages: masks, units, missing values. Each works rightly, or there is one clear error."""

from __future__ import annotations

import array
from collections.abc import Callable
from typing import Any

import pytest

import autograd
import nn
from autograd import Value
from autograd.compiler import compiled as compiled_module
from autograd.util.lazy_numpy import np

MASKED = np.ma.array([1.0, 2.0], mask=[False, True])
UNMASKED = np.ma.array([1.0, 2.0])
program = autograd.compile(lambda x: np.sum(x) if np.ndim(x) else x)
program(np.ones(2))
program.record(np.ones((3, 2)))
scale = Value(3.0)
scaled = autograd.compile(lambda x: scale * x)
scaled.value_and_grad(np.ones(2), parameters=np.ones(1))
MODEL = nn.MLP(2, [1], seed=0)


class Metres(np.ndarray):
    """An array with units, as several packages have them."""

    units = "m"


class Length:
    """A quantity that is no array, but becomes one."""

    units = "m"
    magnitude = 2.0

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array([1.0, 2.0])


METRES = np.array([1.0, 2.0]).view(Metres)

TAKERS: dict[str, Callable[[Any], Any]] = {
    "Value * x": lambda x: Value(2.0) * x,
    "Value + x": lambda x: Value(2.0) + x,
    "Value / x": lambda x: Value(2.0) / x,
    "exp": autograd.exp,
    "sum": autograd.sum,
    "dot": lambda x: autograd.dot(x, x),
    "where": lambda x: autograd.where(True, x, Value(1.0)),
    "maximum": lambda x: autograd.maximum(Value(1.0), x),
    "np.multiply": lambda x: np.multiply(Value(2.0), x),
    "grad": lambda x: autograd.grad(lambda y: np.sum(y))(x),
    "grad in a list": lambda x: autograd.grad(lambda y: np.sum(y[0]))([x]),
    "compile": program,
    "compile, in a list": lambda x: program([x, x, x]),
    "compile, in a dict": lambda x: autograd.compile(lambda d: np.sum(d["a"]))({"a": x}),
    "value_and_grad": lambda x: scaled.value_and_grad(x),
    "value_and_grad, known": lambda x: scaled.value_and_grad(x, parameters=np.ones(1)),
    "input_grad": lambda x: scaled.input_grad(x),
    "parameters": lambda x: scaled(np.ones(2), parameters=x[:1] * 1.0 if x is UNMASKED else x),
    "write": lambda x: scaled.write(x),
    "a model": lambda x: MODEL(x),
    "predict": lambda x: nn.predict(MODEL, [x]),
    "evaluate, X": lambda x: nn.evaluate(MODEL, [x], [1.0]),
    "evaluate, y": lambda x: nn.evaluate(MODEL, np.ones((2, 2)), x),
    "fit, X": lambda x: nn.fit(MODEL, [x], [1.0], epochs=1, progress=False),
    "fit, y": lambda x: nn.fit(MODEL, np.ones((2, 2)), x, epochs=1, progress=False),
    "fit, weights": lambda x: nn.fit(MODEL, np.ones((2, 2)), [0, 1], sample_weight=x, epochs=1, progress=False),
    "a metric, y_true": lambda x: nn.metrics.mean_squared_error(x, [1.0, 2.0]),
    "a metric, y_pred": lambda x: nn.metrics.accuracy([1, 2], x),
    "a loss": lambda x: nn.losses.cross_entropy(x, 1),
}

REFUSED: dict[str, tuple[Any, str]] = {
    "masked": (MASKED, r"is a masked (array|number), and the mask would be lost\n  try +x\.filled\(0\.0\)"),
    "units": (METRES, r"is a Metres, whose units would be lost\n  try .*x\.magnitude or x\.value"),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("kind", REFUSED)
def test_nothing_drops_a_mask_or_a_unit(kind: str, taker: str) -> None:
    given, message = REFUSED[kind]
    if kind == "units" and taker in ("sum", "dot", "a model", "a loss"):
        pytest.skip("it iterates over x, whose numbers have no units any more")
    if taker == "write" and kind == "units":
        given = given[:1]
    with pytest.raises(TypeError, match=message):
        TAKERS[taker](given)
    assert scale.data == 3.0


@pytest.mark.parametrize("taker", ["compile", "compile, in a list", "predict", "evaluate, y", "a metric, y_true"])
def test_a_quantity_that_becomes_an_array_is_refused(taker: str) -> None:
    with pytest.raises(TypeError, match=r"is a Length, whose units would be lost"):
        TAKERS[taker](Length())


ONE_NUMBER: list[Callable[[Any], Any]] = [
    Value,
    lambda x: Value(1.0) * x,
    lambda x: np.add(Value(1.0), x),
    autograd.exp,
    program,
    lambda x: autograd.sum([1.0, x]),
    autograd.grad(lambda x: x * x),
    lambda x: setattr(scale, "data", x),
]


@pytest.mark.parametrize("take", ONE_NUMBER)
def test_a_masked_number_is_no_number(take: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="is a masked number"):
        take(np.ma.masked)
    assert scale.data == 3.0


def test_an_array_without_a_masked_number_is_like_any_other() -> None:
    plain = np.array([1.0, 2.0])
    assert autograd.exp(UNMASKED).tolist() == np.exp(plain).tolist()
    assert program(UNMASKED[None]).tolist() == program(plain[None]).tolist()
    assert [x.data for x in Value(2.0) * UNMASKED] == [2.0, 4.0]
    assert nn.metrics.mean_squared_error(UNMASKED, plain) == 0.0


MA_WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "x * w": lambda x, w: x * w,
    "np.ma.multiply(x, w)": np.ma.multiply,
    "np.ma.multiply(w, x)": lambda x, w: np.ma.multiply(w, x),
    "x * [w, w]": lambda x, w: x * np.array([w, w]),
}


@pytest.mark.parametrize("way", MA_WAYS)
@pytest.mark.parametrize("mask", [[False, False], [False, True]])
def test_a_masked_array_of_values_keeps_mask_and_gradient(way: str, mask: list[bool]) -> None:
    w = Value(2.0)
    product = MA_WAYS[way](np.ma.array([3.0, 5.0], mask=mask), w)
    assert isinstance(product, np.ma.MaskedArray)
    assert np.ma.getmaskarray(product).tolist() == mask
    product.sum().backward()
    assert w.grad == (3.0 if mask[1] else 8.0)


@pytest.mark.parametrize("function", [np.ma.exp, np.ma.sqrt, np.ma.log, np.ma.add, np.ma.power])
def test_no_function_of_numpys_masked_arrays_loses_the_gradient(function: Callable[..., Any]) -> None:
    w = Value(2.0)
    try:
        result = function(*([w] if function in (np.ma.exp, np.ma.sqrt, np.ma.log) else [UNMASKED, w]))
    except (TypeError, AttributeError):
        return
    assert isinstance(np.ravel(np.ma.getdata(result))[0], Value)


SAME: list[tuple[str, Any]] = [
    ("a matrix", np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix)),
    ("a memory view", memoryview(np.array([[1.0, 2.0], [3.0, 4.0]]))),
    ("integers", [[1, 2], [3, 4]]),
    ("objects", np.array([[1, 2.0], [np.float32(3.0), np.int64(4)]], object)),
    ("big-endian", np.array([[1, 2], [3, 4]], ">f8")),
    ("a view", np.asfortranarray(np.array([[1.0, 9.0, 2.0], [3.0, 9.0, 4.0]]))[:, ::2]),
    ("read only", np.broadcast_to(np.array([[1.0, 2.0], [3.0, 4.0]]), (2, 2))),
    ("standard library's", [array.array("d", [1.0, 2.0]), array.array("d", [3.0, 4.0])]),
]


@pytest.mark.parametrize("given", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_other_ways_to_hold_numbers_give_the_same(given: Any) -> None:
    f = autograd.compile(lambda x: x[0] * x[1] * scale)
    expected = [6.0, 36.0]
    assert f(given).tolist() == expected
    assert f.input_grad(given)[1].tolist() == [12.0, 9.0] if isinstance(given, np.ndarray) else True
    if np.asarray(given).dtype != object:  # refused there
        assert nn.predict(lambda x: x[0] * x[1], given).tolist() == [2.0, 12.0]


def test_a_matrix_times_a_value_keeps_the_gradient() -> None:
    matrix = np.array([[1.0, 2.0]]).view(np.matrix)
    w = Value(2.0)
    for product in (matrix * w, w * matrix):
        w.grad = 0.0
        np.sum(np.asarray(product)).backward()
        assert w.grad == 3.0


NO_NUMBERS: list[tuple[str, Any]] = [
    ("None", [1.0, None]),
    ("complex", np.array([1j, 2.0])),
    ("text", np.array(["1.0", "2.0"])),
    ("dates", np.array(["2020-01-01", "2020-01-02"], "M8[D]")),
    ("durations", np.array([1, 2], "m8[s]")),
    ("a structured array", np.array([(1.0, 2), (3.0, 4)], dtype=[("a", float), ("b", int)])),
    ("a record array", np.rec.array([(1.0, 2), (3.0, 4)], dtype=[("a", float), ("b", int)])),
    ("objects", np.array([1.0, object()], object)),
    ("a set", {1.0, 2.0}),
    ("nothing", None),
]
NUMBERS_ONLY = [
    "exp",
    "grad",
    "compile",
    "value_and_grad, known",
    "predict",
    "evaluate, y",
    "a metric, y_true",
    "write",
]


@pytest.mark.parametrize("taker", NUMBERS_ONLY)
@pytest.mark.parametrize("given", [row[1] for row in NO_NUMBERS], ids=[row[0] for row in NO_NUMBERS])
def test_what_holds_no_real_numbers_is_refused(given: Any, taker: str) -> None:
    if taker == "exp" and isinstance(given, np.ndarray) and given.dtype == complex:
        return  # the complex step of gradcheck
    with pytest.raises((TypeError, ValueError)):
        TAKERS[taker](given)
    assert scale.data == 3.0


def test_missing_values_of_pandas_are_nan_or_refused() -> None:
    pandas = pytest.importorskip("pandas")
    w = Value(2.0)
    missing = pandas.Series([1, None], dtype="Int64")
    with pytest.raises(ValueError, match="not finite"):
        nn.fit(nn.MLP(1, [1]), missing, [0.0, 1.0], epochs=1, progress=False)
    with pytest.raises(ValueError, match="nan in row 1"):
        nn.metrics.mean_squared_error(missing, [1.0, 2.0])
    found = scaled(missing)
    assert (found[0], np.isnan(found[1])) == (3.0, True)
    product = w * pandas.Series([1, 2], dtype="Int64")
    product.sum().backward()
    assert w.grad == 3.0
    with pytest.raises(TypeError, match="NAType"):
        scaled(pandas.array([True, None], dtype="boolean"))


# ── what is kept for each shape ─────────────────────────────────────────────────────────────────────────────────────


def test_what_a_compiled_function_keeps_does_not_grow_with_the_batch_sizes_it_met() -> None:
    f = autograd.compile(lambda x: scale * x)
    for rows in range(1, 300):
        assert f(np.ones(rows)).shape == (rows,)
        assert f.value_and_grad(np.ones(rows), parameters=np.array([3.0]))[0] == pytest.approx(3.0)
    assert len(f._by_shape) <= compiled_module._KEPT_SHAPES
    (runner,) = f._runners.values()
    assert len(runner.plans) <= 8
    assert len(runner.fast_plans) <= 1
    assert len(runner.recent_arrays) <= 4
