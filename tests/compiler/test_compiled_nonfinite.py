"""Numbers that are not finite, and class labels, which make one where they name no class."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fixtures.compiled import close, data, eagerly, numbers_of, refusal, softmax_regression

import autograd
from autograd import NonFiniteError, Value
from autograd.compiler.run import runner

w, b = Value(2.0, label="w"), Value(1.0, label="b")
factor = Value(2.0)
line = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
line.record(1.0, 1.0)


@pytest.fixture(params=["whole", "in parts"])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in parts":
        monkeypatch.setattr(runner, "_WORKING_SET", 1)


BAD_ROWS = [0, 1, 37, 63, 99]


@pytest.mark.parametrize("row", BAD_ROWS)
def test_an_error_of_a_value_as_printed(row: int, way: str, parts: None) -> None:
    scale = Value(1.0, label="scale")
    program = autograd.compile(lambda x: (scale * x[1]).log() + x[0].exp())
    x = np.ones((100, 2))
    x[row, 1] = 0.0
    x[row + 1 :, 0] = 1000.0  # later rows are bad, too
    assert not math.isfinite(program(x)[row])
    for attempt in (
        lambda: program.value_and_grad(x), lambda: program.input_grad(x), lambda: program.value_and_grad(x, write=True)
    ):  # fmt: skip
        error = refusal(attempt)
        what, where, made_from, advice, place = str(error).splitlines()
        assert made_from == "  made from       scale, x[1]"
        assert what == "log(0.0) is -inf, so this loss has no usable gradient"
        assert re.fullmatch(r"  first made by   x\.log\(\) +x = Value\(0\.0\)", where)
        assert advice.startswith("  try             clip(p, 1e-12, 1), or ")
        instruction = re.fullmatch(rf"  in the program  instruction (%\d+) log, row {row} of the batch", place)
        assert instruction and re.search(rf"^{instruction[1]} +log ", str(program), re.MULTILINE)
        assert (error.operation, list(map(repr, error.operands))) == ("log", ["Value(0.0)"])
        assert not scale.has_grad


@pytest.mark.parametrize("row", BAD_ROWS)
def test_an_error_of_a_gradient_as_printed(row: int, way: str, parts: None) -> None:
    scale = Value(1.0, label="scale")
    program = autograd.compile(lambda x: (scale * x).sqrt() * 3.0)
    x = np.ones(100)
    x[row] = 0.0
    assert np.isfinite(program(x)).all()
    for attempt in (
        lambda: program.value_and_grad(x), lambda: program.input_grad(x), lambda: program.value_and_grad(x, write=True)
    ):  # fmt: skip
        error = refusal(attempt)
        what, where, made_from, advice, place = str(error).splitlines()
        assert made_from == "  made from       scale, x"
        assert what == "the derivative of sqrt(0.0) in x is inf, so x has no usable gradient"
        assert re.fullmatch(r"  first made by   x\.sqrt\(\) +x = Value\(0\.0\)", where)
        assert advice.startswith("  try             sqrt has an infinite slope at 0: ")
        instruction = re.fullmatch(rf"  in the program  instruction (%\d+) sqrt, row {row} of the batch", place)
        assert instruction and re.search(rf"^{instruction[1]} +sqrt ", str(program), re.MULTILINE)
        assert error.operation == "sqrt"
        assert not scale.has_grad


zero, big, tiny = Value(0.0, label="zero"), Value(1e200, label="big"), Value(1e-300, label="tiny")

NAMED: list[tuple[str, Callable[..., Any], Any, str, list[str]]] = [
    ("input", lambda x: x[1] * w, [[1.0, math.nan]], "", ["input Value(nan, label='x[1]') is nan", "row 0"]),
    ("bare input", lambda x: x * w, [1.0, -math.inf], "", ["input Value(-inf, label='x') is -inf", "row 1"]),
    ("input in a dict", lambda d: d["a"] * w, {"a": [math.inf]}, "", ["label=\"d['a']\") is inf"]),
    ("parameter", lambda x: zero.log() * x, [1.0], "log", ["zero.log()", "zero = Value(0.0, label='zero')"]),
    ("unnamed parameter", lambda x: factor.log() * x, [1.0], "log", ["p[0].log()", "p[0] = Value(0.0, label='p[0]')"]),
    ("two operands", lambda x: w / x, [4.0, 0.0], "truediv",
     ["2.0 / 0.0 is inf", "w / x", "w = Value(2.0, label='w'), x = Value(0.0, label='x')", "row 1"]),
    ("overflow", lambda x: big * x, [1.0, 1e200], "mul", ["1e+200 * 1e+200 is inf", "big * x", "row 1"]),
    ("power", lambda x: (w * x) ** 0.5, [1.0, 2.0, -3.0], "pow", ["(-6.0) ** 0.5 is nan", "row 2"]),
    ("one of a vector", lambda x: autograd.sum([v.log() for v in x]) * w, [[1.0, 2.0, 0.0, 3.0]], "log",
     ["x[2].log()", "label='x[2]'", "row 0"]),
    ("inside of a layer", lambda x: autograd.sum([(w * v + b).log() for v in x]), [[1.0, 2.0, -0.5]], "log",
     ["log(0.0) is -inf", "row 0"]),
    ("behind a detach", lambda x: (w * x).log().detach() * b, [1.0, 0.0], "log", ["log(0.0) is -inf", "row 1"]),
    ("detached", lambda x: (w * x).detach().log() * b, [1.0, 0.0], "log", ["log(0.0) is -inf", "row 1"]),
    ("chosen", lambda x: autograd.where(x >= 0, x.log(), 0.0) * w, [1.0, -1.0, 0.0], "log",
     ["log(0.0) is -inf", "row 2"]),
    ("derivative overflows", lambda x: tiny * 1e200 * 1e150 * x, [0.0, 1.0], "mul",
     ["overflows: 1e+200 * 1e+150 is not finite", "row 1"]),
    ("sequence", lambda x: autograd.prod([big, x, w]), [1e200], "prod",
     ["prod([1e+200, 1e+200, 2.0])", "[big, x, w]", "row 0"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "batch", "operation", "pieces"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED]
)
def test_the_operation_its_operands_and_the_row_are_named(
    f: Callable[..., Any], batch: Any, operation: str, pieces: list[str], way: str
) -> None:
    program = autograd.compile(f)
    program.record(batch)
    theta = program.read() * (0.0 if "p[0].log()" in pieces else 1.0)
    error = refusal(lambda: program.value_and_grad(batch, parameters=theta))
    for piece in pieces:
        assert piece in str(error)
    assert error.operation == operation
    assert "  try             " in str(error)
    if operation:
        assert re.search(r"\n  in the program  instruction %\d+ [\w ]+, row \d+ of the batch$", str(error))


def test_a_nan_among_the_parameters_is_called_by_its_name() -> None:
    message = str(refusal(lambda: line.value_and_grad([1.0], [2.0], parameters=np.array([1.0, math.nan]))))
    assert "Value(nan, label='b') is nan" in message


def test_where_there_is_no_batch_no_row_is_named() -> None:
    for call in (
        autograd.compile(lambda: w * zero.log()).value_and_grad,
        lambda: autograd.compile(lambda x: w * x.log()).value_and_grad(0.0),
        lambda: autograd.compile(lambda x: w * x.log()).input_grad(0.0),
    ):
        message = str(refusal(call))
        assert re.search(r"\n  in the program  instruction %\d+ log$", message)


def test_what_is_too_large_for_float32_is_said_to_be() -> None:
    program = autograd.compile(lambda x: w * x * x, dtype="float32")
    assert str(refusal(lambda: program.value_and_grad([1.0, 1e30]))) == (
        "a number exceeds the range of float32, about 3e38, first in row 1 of the batch\n"
        '  try             dtype="float64", or inputs scaled to about 1'
    )
    assert "row" not in str(refusal(lambda: program.value_and_grad(1e30)))
    assert autograd.compile(lambda x: w * x * x).value_and_grad([1e30])[0] == close(2e60)


def test_a_mean_that_overflows() -> None:
    program = autograd.compile(lambda x: w * x)
    assert str(refusal(lambda: program.value_and_grad(np.full(100, 0.8e308)))) == (
        "each row's value and gradient are finite, but their mean over the batch is not\n"
        "  try             inputs scaled to about 1, or a smaller batch"
    )


ALLOWED: list[tuple[Callable[[Any], Any], float]] = [
    (lambda z: z.log(), 0.0),
    (lambda z: z.sqrt(), 0.0),
    (lambda z: z.sqrt(), -1.0),
    (lambda z: 1 / z, 0.0),
    (lambda z: z * 1e200 * 1e200, 1e-300),
    (lambda z: z * 3, math.inf),
    (lambda z: z.exp(), 710.0),
    (lambda z: z.log() * 0.0, 0.0),
    (lambda z: z / z, 0.0),
]


@pytest.mark.parametrize(("f", "number"), ALLOWED)
@pytest.mark.parametrize("rows", [1, 2])
def test_allow_nonfinite_lets_through_what_backward_lets_through(
    f: Callable[[Any], Any], number: float, rows: int, way: str
) -> None:
    z, safe, x = Value(number), Value(5.0), Value(number)
    root = f(z) + f(x) + safe * 2
    root.backward(allow_nonfinite=True)
    program = autograd.compile(lambda x: f(z) + f(x) + safe * 2)
    batch = [number] * rows
    with np.errstate(all="raise"):
        assert program(batch) == pytest.approx([root.data] * rows, nan_ok=True)
        value, gradient = program.value_and_grad(batch, allow_nonfinite=True)
        slope = program.input_grad(batch, allow_nonfinite=True)
        assert np.geterr()["invalid"] == "raise"
    assert value == pytest.approx(root.data, nan_ok=True)
    places = {x: i for i, x in enumerate(program.parameters)}
    assert [gradient[places[z]], gradient[places[safe]]] == pytest.approx([z.grad, 2.0], nan_ok=True)
    assert slope == pytest.approx([x.grad] * rows, nan_ok=True)


UNTAKEN: list[Callable[[Any, Any], Any]] = [
    lambda x, p: autograd.where(x > 0, (p * x).sqrt(), p),
    lambda x, p: autograd.where(x > 0, (p * x).log(), p),
    lambda x, p: autograd.where(x > 0, 1 / x, p * x),
    lambda x, p: autograd.maximum((p * x).log(), -1.0),
    lambda x, p: autograd.relu(-1.0 / (p * abs(x))) + p,
    lambda x, p: autograd.where(x > 0, 1 / (1 / (p * x)), 0.0) + p,
]


@pytest.mark.parametrize("f", UNTAKEN)
@pytest.mark.parametrize("batch", [[0.0], [2.0, 0.0], [0.0, 3.0, 0.0, 0.5]])
def test_the_branch_not_taken_cannot_poison_the_other(
    f: Callable[[Any, Any], Any], batch: list[float], way: str
) -> None:
    p = Value(3.0)
    numbers, gradients = eagerly(lambda x: f(Value(x), p), [np.array(batch)])
    program = autograd.compile(lambda x: f(x, p))
    value, gradient = program.value_and_grad(batch)
    assert (value, gradient.tolist()) == (close(np.mean(numbers)), close([gradients[p]]))
    assert program(batch) == close(np.array(numbers))
    assert program.input_grad(batch) == close(numbers_of([autograd.grad(lambda x: f(x, p))(x) for x in batch]))


def test_nothing_is_half_written_where_an_error_comes() -> None:
    p, q = Value(1.0), Value(1.0)
    program = autograd.compile(lambda x: p * x + (q * x).log())
    program.value_and_grad([1.0, 2.0], write=True)
    before = [(x.grad, x.data) for x in (p, q)]
    attempts: list[Callable[[], Any]] = [
        lambda: program.value_and_grad([1.0, 0.0], write=True),
        lambda: program.value_and_grad([1.0, math.nan], write=True),
        lambda: program.value_and_grad([], write=True),
        lambda: program.value_and_grad(["a"], write=True),
        lambda: program.value_and_grad([1.0], write=True, parameters=np.ones(3)),
        lambda: program.value_and_grad([1.0], write=True, out=np.ones(3)),
        lambda: program.write([1.0, 2.0, 3.0]),
        lambda: program.write([5.0, "a"]),
        lambda: program.write([5.0, 1j]),
    ]
    for attempt in attempts:
        with pytest.raises((NonFiniteError, TypeError, ValueError)):
            attempt()
        assert [(x.grad, x.data) for x in (p, q)] == before
    program.value_and_grad([1.0, 2.0], write=True)
    assert [x.grad for x in (p, q)] == [2 * grad for grad, _ in before]


# ── class labels ────────────────────────────────────────────────────────────────────────────────────────────────────

LABELS: list[Any] = [[2, 0, 1, 1, 2], (2, 0, 1, 1, 2), [2.0, 0.0, 1.0, 1.0, 2.0]]
LABELS += [np.array([2, 0, 1, 1, 2], dtype) for dtype in ("int64", "uint8", "int32", "float32", ">i4")]


@pytest.mark.parametrize("labels", LABELS, ids=lambda x: str(getattr(x, "dtype", type(x).__name__)))
def test_class_labels_are_inputs_like_any_other(labels: Any, way: str) -> None:
    f, (x, _) = softmax_regression()
    numbers, gradients = eagerly(f, [x, np.array([2, 0, 1, 1, 2])])
    program = autograd.compile(f)
    assert program(x, labels) == close(np.array(numbers))
    value, gradient = program.value_and_grad(x, labels)
    assert (value, gradient) == (close(np.mean(numbers)), close(np.array([gradients[p] for p in program.parameters])))
    assert np.asarray(program.input_grad(x, labels)[1]).tolist() == [0.0] * 5
    picked = autograd.compile(lambda xs, i: autograd.pick(xs, i) * w)
    assert picked(x, labels) == close(2.0 * x[np.arange(5), [2, 0, 1, 1, 2]])
    assert picked(x[0], 3) == close(2.0 * x[0, 3])


@pytest.mark.parametrize("wrong", [3, -1, 0.5, 100, math.nan])
@pytest.mark.parametrize("row", [0, 3])
@pytest.mark.parametrize(
    "f", [softmax_regression()[0], lambda x, label: autograd.pick(x[:3], label) * w], ids=["cross_entropy", "pick"]
)
def test_a_label_that_is_no_class_is_named_with_its_row(
    f: Callable[..., Any], row: int, wrong: float, way: str
) -> None:
    x, labels = data(5, 4), np.array([2.0, 0.0, 1.0, 1.0, 2.0])
    program = autograd.compile(f)
    before = program(x, labels), *program.value_and_grad(x, labels, parameters=program.read())
    bad = labels.copy()
    bad[row] = wrong
    for call in (program, program.value_and_grad, program.input_grad):
        with pytest.raises(IndexError) as caught:
            call(x, bad)
        assert str(caught.value) == (
            f"pick: label is {wrong:g} in row {row} of the batch, but there are 3 numbers\n"
            "  try             whole numbers from 0 to 2; negative indices are refused, too"
            + "; as a target that does not count, nn.cross_entropy(logits, target, ignore_index=-1)"
            * (wrong == -1)
        )
        with pytest.raises(IndexError, match=f"label is {wrong:g}, but there are 3 numbers"):
            call(x[row], wrong)
    with pytest.raises(IndexError, match=f"row {row} of the batch"):
        program.value_and_grad(x, bad, parameters=program.read())
    after = program(x, labels), *program.value_and_grad(x, labels, parameters=program.read())
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("target", [np.eye(3), np.full((3, 3), 1 / 3)], ids=["one-hot", "soft"])
def test_targets_may_be_rows(target: Any) -> None:
    f, (x, _) = softmax_regression()
    program = autograd.compile(f)
    assert program(x[:3], target) == close(np.array(eagerly(f, [x[:3], target])[0]))
    with pytest.raises(ValueError) as caught:
        program(x[:3], np.ones((3, 4)))
    assert str(caught.value) == "there are 3 logits but the target has length 4"
