"""A function over samples: compiled or sample by sample, the same numbers, and the Values as they were."""

import contextlib

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn.running.row_function import RowFunction

X = np.array([[1.0], [2.0], [4.0]])
Y = np.array([1.0, 1.0, 1.0])


class Line(nn.Module):
    """w·x + v, which compiles."""

    def __init__(self):
        self.w, self.v = Value(0.5), Value(1.0)

    def forward(self, x):
        return self.w * x[0] + self.v


class BranchingLine(Line):
    """The same with a branch, so that it runs eagerly."""

    def forward(self, x):
        return super().forward(x) if x[0] > -1e9 else self.v


class Root(Line):
    """√(w·x − 0.5) + v, whose slope in w is infinite at the first sample, and in v is 1."""

    def forward(self, x):
        return (self.w * x[0] - 0.5).sqrt() + self.v


class BranchingRoot(Root):
    def forward(self, x):
        return super().forward(x) if x[0] > -1e9 else self.v


def snapshot_at_the_start(model, **options):
    recorder = nn.Snapshots()
    with contextlib.suppress(autograd.NonFiniteError):
        nn.fit(model, X, Y, optimizer="sgd", lr=1e-6, epochs=1, batch_size=None, record=recorder, **options)
    return recorder[0]


@pytest.mark.filterwarnings("ignore:the model does not compile")
@pytest.mark.parametrize("block", [contextlib.nullcontext, autograd.no_grad])
@pytest.mark.parametrize("model", [Line, BranchingLine])
def test_a_snapshot_has_the_gradient_that_is_descended(model, block):
    """∂/∂w of the mean of (w·x + v − y)² is the mean of 2(w·x + v − y)·x."""
    with block():
        snapshot = snapshot_at_the_start(model())
    errors = 0.5 * X[:, 0] + 1.0 - Y
    assert snapshot.loss == pytest.approx(np.mean(errors**2), rel=1e-12)
    np.testing.assert_allclose(snapshot.gradient, [np.mean(2 * errors * X[:, 0]), np.mean(2 * errors)], rtol=1e-12)


@pytest.mark.filterwarnings("ignore:the model does not compile")
@pytest.mark.parametrize("model", [Root, BranchingRoot])
def test_a_gradient_that_is_not_finite_in_one_parameter_is_finite_in_the_others(model):
    """The mean of prediction itself: ∂/∂v is 1 whatever happens to w."""
    snapshot = snapshot_at_the_start(model(), loss=lambda p, _: p)
    assert np.isinf(snapshot.gradient[0])
    assert snapshot.gradient[1] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.filterwarnings("ignore:the model does not compile")
@pytest.mark.parametrize("model", [Line, BranchingLine])
def test_every_snapshot_has_as_many_outputs(model):
    recorder = nn.Snapshots()
    nn.fit(model(), X, Y, epochs=3, record=recorder)
    assert len({snapshot.outputs.shape for snapshot in recorder}) == 1


FUNCTIONS = [
    ("one number", lambda v, x: v * x[0], (3,)),
    ("one in a list", lambda v, x: [v * x[0]], (3, 1)),
    ("two, one of them fixed", lambda v, x: (v * x[0], 2.0), (3, 2)),
    ("an array", lambda v, x: np.array([[v * x[0], x[0], v]]), (3, 1, 3)),
    ("lists in a list", lambda v, x: [[v * x[0], v], [x[0], v * v]], (3, 2, 2)),
]


@pytest.mark.parametrize(("f", "shape"), [row[1:] for row in FUNCTIONS], ids=[row[0] for row in FUNCTIONS])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_both_engines_give_the_same_outputs_and_leave_the_values_alone(f, shape, dtype):
    v = Value(3.0)
    v.grad = 7.0
    outputs = []
    for engine in ("compiled", "eager"):
        row_function = RowFunction(lambda x: f(v, x), [v], engine, dtype=dtype)
        outputs.append(row_function(X, numbers=np.array([0.5], dtype)))
        assert row_function.is_compiled == (engine == "compiled")
        assert (v.data, v.grad) == (3.0, 7.0)
        expected = [np.array([x.data if isinstance(x, Value) else x for x in np.ravel(np.array(f(v, row), object))])
                    for row in X]  # fmt: skip
        np.testing.assert_allclose(row_function(X).reshape(3, -1), expected, rtol=1e-6)
    for array in outputs:
        assert (array.shape, array.dtype) == (shape, dtype)
    np.testing.assert_array_equal(*outputs)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_the_gradient_is_of_the_values_given_and_of_no_other_parameter(engine):
    """The mean of v·x·u, with u met by the recording alone: ∂/∂v is the mean of x·u."""
    v, u = Value(3.0), Value(2.0)
    v.grad = 7.0
    mean, gradient = RowFunction(lambda x: v * x[0] * u, [v], engine).value_and_grad([X], np.array([0.5]))
    assert mean == pytest.approx(0.5 * X.mean() * 2.0, rel=1e-12)
    np.testing.assert_allclose(gradient, [X.mean() * 2.0], rtol=1e-12)
    assert (v.data, v.grad, u.data) == (3.0, 7.0, 2.0)


def test_what_does_not_compile_is_known_after_the_first_call():
    calls = []

    def f(x):
        calls.append(type(x[0]))
        return {1.0: 10.0, 2.0: 20.0, 4.0: 40.0}[x[0]]

    looked_up = RowFunction(f)
    assert looked_up(X).tolist() == looked_up(X).tolist() == [10.0, 20.0, 40.0]
    assert not looked_up.is_compiled
    assert calls.count(Value) == 1
