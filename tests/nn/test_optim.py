"""Optimizers: as in PyTorch, the same eager and on arrays, and resumed bit for bit."""

from __future__ import annotations

import copy
import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures.states import through_a_file
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import optim
from nn.optim import optimizer as base
from nn.optim.clip import clip_grad_norm, clip_grad_value
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, RMSprop

HERE = Path(__file__).parents[1] / "reference"
TRAINING = json.loads((HERE / "training.json").read_text(encoding="utf-8"))
REFERENCE = json.loads((HERE / "optimizers.json").read_text(encoding="utf-8"))
BLOCK = base.BLOCK_BYTES // 8

Make = Callable[[list[Value]], Optimizer]

# Every optimizer in every way it has of computing, for what has to hold of all.
WAYS: dict[str, Make] = {
    "SGD": lambda p: SGD(p, lr=0.05),
    "SGD decay": lambda p: SGD(p, lr=0.05, weight_decay=0.1),
    "SGD momentum": lambda p: SGD(p, lr=0.05, momentum=0.9, dampening=0.25, weight_decay=0.1),
    "SGD nesterov": lambda p: SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1, nesterov=True),
    "Adagrad": lambda p: Adagrad(p, lr=0.05, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.1),
    "RMSprop": lambda p: RMSprop(p, lr=0.05),
    "RMSprop momentum": lambda p: RMSprop(p, lr=0.05, momentum=0.9, weight_decay=0.1),
    "RMSprop centered": lambda p: RMSprop(p, lr=0.05, momentum=0.5, centered=True, eps=1e-3),
    "Adam": lambda p: Adam(p, lr=0.05),
    "Adam amsgrad": lambda p: Adam(p, lr=0.05, weight_decay=0.1, amsgrad=True),
    "AdamW": lambda p: AdamW(p, lr=0.05),
    "AdamW amsgrad": lambda p: AdamW(p, lr=0.05, weight_decay=0.1, amsgrad=True),
}
every_way = pytest.mark.parametrize("make", WAYS.values(), ids=WAYS)


def values(numbers: Any) -> list[Value]:
    return [Value(number) for number in np.asarray(numbers, dtype=float).tolist()]


def data(optimizer: Optimizer) -> list[float]:
    return [parameter.data for parameter in optimizer.parameters]


def eager_step(optimizer: Optimizer, gradient: Any) -> None:
    for parameter, number in zip(optimizer.parameters, np.asarray(gradient, dtype=float).tolist(), strict=True):
        parameter.grad = number
    optimizer.step()


def draws(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


# ── as in PyTorch ───────────────────────────────────────────────────────────────────────────────────────────────────

SETTINGS = REFERENCE["optimizers"]
every_setting = pytest.mark.parametrize("reference", SETTINGS, ids=lambda row: row["name"])


def made(reference: dict[str, Any], parameters: list[Value]) -> Optimizer:
    return getattr(optim, reference["optimizer"])(parameters, **reference["options"])  # type: ignore[no-any-return]


@every_setting
def test_twenty_written_gradients_move_an_array_as_in_pytorch(reference: dict[str, Any]) -> None:
    theta = np.array(REFERENCE["start"])
    optimizer = made(reference, values(theta))
    assert len(reference["path"]) == 20
    for gradient, expected in zip(REFERENCE["gradients"], reference["path"], strict=True):
        optimizer.apply(theta, np.array(gradient))
        assert theta.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-14)


@every_setting
def test_twenty_written_gradients_move_values_as_in_pytorch(reference: dict[str, Any]) -> None:
    optimizer = made(reference, values(REFERENCE["start"]))
    for gradient, expected in zip(REFERENCE["gradients"], reference["path"], strict=True):
        eager_step(optimizer, gradient)
        assert data(optimizer) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@every_setting
def test_float32_stays_float32_and_near_pytorchs(reference: dict[str, Any]) -> None:
    theta = np.array(REFERENCE["start"], dtype=np.float32)
    optimizer = made(reference, values(theta))
    for gradient in REFERENCE["gradients"]:
        optimizer.apply(theta, np.array(gradient, dtype=np.float32))
    assert theta.tolist() == pytest.approx(reference["final_float32"], rel=2e-5, abs=2e-6)
    kept = [x.dtype for key, x in optimizer.state_dict().items() if isinstance(x, np.ndarray) and "betas" not in key]
    assert set(kept) <= {np.dtype(np.float32)}


def test_the_reference_holds_every_optimizer_in_several_settings() -> None:
    counted = {name: [row["optimizer"] for row in SETTINGS].count(name) for name in optim.__all__}
    assert counted == {"SGD": 8, "Adagrad": 5, "Adam": 7, "AdamW": 4, "RMSprop": 6}


def test_defaults_are_pytorchs() -> None:
    x = [Value(1.0)]
    assert repr(SGD(x)) == (
        "SGD of 1 parameter, lr=0.001, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False"
    )
    assert repr(Adagrad(x)) == (
        "Adagrad of 1 parameter, lr=0.01, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10"
    )
    assert repr(RMSprop([*x, Value(2.0)])) == (
        "RMSprop of 2 parameters, lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0.0, momentum=0.0, centered=False"
    )
    adam = "lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay={}, amsgrad=False"
    assert repr(Adam(x)) == f"Adam of 1 parameter, {adam.format('0.0')}"
    assert repr(AdamW(x)) == f"AdamW of 1 parameter, {adam.format('0.01')}"


PROBLEMS: dict[str, Callable[..., Value]] = {
    "quadratic": lambda x: (x - 3) ** 2,
    "linear": lambda w, b: sum((w * x + b - 3 * x) ** 2 for x in (1, 2, 3, 4)) / 4,
}


@pytest.mark.parametrize("reference", TRAINING["scalars"], ids=lambda row: row["name"])
def test_a_problem_is_descended_as_in_pytorch(reference: dict[str, Any]) -> None:
    optimizer = made(reference, values(reference["start"]))
    for loss_before, expected in zip(reference["losses"], reference["path"], strict=True):
        loss = PROBLEMS[reference["problem"]](*optimizer.parameters)
        assert loss.data == pytest.approx(loss_before, rel=1e-11)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert data(optimizer) == pytest.approx(expected, rel=1e-11)


def test_optimizers_by_name() -> None:
    assert {"sgd": SGD, "adagrad": Adagrad, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW} == OPTIMIZERS


# ── one implementation: eager and array, any size, any block ────────────────────────────────────────────────────────


@every_way
def test_eager_and_array_give_the_same_bits(make: Make) -> None:
    theta = draws(5)
    eager, array = make(values(theta)), make(values(theta))
    for gradient in draws(20, 5, seed=1):
        eager_step(eager, gradient)
        array.apply(theta, gradient)
        assert data(eager) == theta.tolist()
    assert_same_state(eager.state_dict(), array.state_dict())


def assert_same_state(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert list(one) == list(other)
    for key in one:
        np.testing.assert_array_equal(one[key], other[key], strict=True)


@every_way
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@given(
    block=st.integers(1, 9), around=st.integers(0, 4), off=st.integers(-1, 1), seed=st.integers(0, 99), steps=st.just(3)
)
@settings(max_examples=25, deadline=None)
def test_blocks_do_not_show(make: Make, dtype: Any, block: int, around: int, off: int, seed: int, steps: int) -> None:
    """Each number moves as it would alone: across lengths one below, at, and one above whole blocks."""
    count = max(1, block * around + off)
    start, gradients = draws(count, seed=seed).astype(dtype), draws(steps, count, seed=seed + 1).astype(dtype)
    together, theta = make(values(start)), start.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "BLOCK_BYTES", block * theta.itemsize)
        for gradient in gradients:
            together.apply(theta, gradient)
    for place in range(count):
        alone, one = make(values(start[:1])), start[place : place + 1].copy()
        for gradient in gradients:
            alone.apply(one, gradient[place : place + 1])
        assert theta[place] == one[0]


@pytest.mark.parametrize("count", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_real_blocks_do_not_show(count: int) -> None:
    theta, gradient = draws(count), draws(count, seed=1)
    expected = [Value(0.0) for _ in range(count)]
    whole = Adam(expected, lr=0.05)
    for _ in range(2):
        whole.apply(theta, gradient)
    again, other = draws(count), Adam(expected, lr=0.05)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "BLOCK_BYTES", 8 * count)
        for _ in range(2):
            other.apply(again, gradient)
    assert (theta == again).all()


@every_way
def test_the_gradient_is_only_read_and_theta_moved_in_place(make: Make) -> None:
    theta, gradient = draws(7), draws(7, seed=1)
    gradient.flags.writeable = False
    before, optimizer = theta.copy(), make(values(theta))
    assert optimizer.apply(theta, gradient) is None
    assert (theta != before).all()
    assert (gradient == draws(7, seed=1)).all()
    assert data(optimizer) == before.tolist()


@every_way
def test_a_strided_array_is_moved_too(make: Make) -> None:
    wide, dense = np.zeros((6, 2)), draws(6)
    wide[:, 0] = dense
    one, other = make(values(dense)), make(values(dense))
    for gradient in draws(3, 6, seed=1):
        one.apply(wide[:, 0], gradient)
        other.apply(dense, gradient)
    assert (wide[:, 0] == dense).all() and (wide[:, 1] == 0).all()


@every_way
def test_the_steady_state_allocates_no_array(make: Make) -> None:
    import tracemalloc

    count = 3 * BLOCK
    theta, gradient = draws(count), draws(count, seed=1)
    optimizer = make([Value(0.0) for _ in range(count)])
    optimizer.apply(theta, gradient)
    tracemalloc.start()
    optimizer.apply(theta, gradient)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000  # views and boxed numbers; a block is 131,072


@every_way
def test_the_buffers_follow_the_type_of_theta(make: Make) -> None:
    theta = draws(4)
    optimizer = make(values(theta))
    optimizer.apply(theta, draws(4, seed=1))
    narrow = theta.astype(np.float32)
    optimizer.apply(narrow, draws(4, seed=2).astype(np.float32))
    eager_step(optimizer, draws(4, seed=3))
    assert optimizer.state_dict()[f"{type(optimizer).__name__}.step"] == 3


def test_a_diverging_array_warns_of_nothing() -> None:
    theta = np.array([1e300, 1.0])
    for make in WAYS.values():
        optimizer = make(values([1.0, 1.0]))
        optimizer.lr = 1e200
        for _ in range(3):
            optimizer.apply(theta, np.array([1e300, math.nan]))


@pytest.mark.parametrize(
    ("theta", "gradient"),
    [
        (np.zeros(2), np.zeros(3)),
        (np.zeros(3), np.zeros(2)),
        (np.zeros((3, 1)), np.zeros((3, 1))),
        (np.zeros(3), np.zeros(1)),
        (np.zeros(3, dtype=int), np.zeros(3)),
        (np.zeros(3, dtype=np.float16), np.zeros(3)),
    ],
)
def test_the_first_call_says_which_arrays_it_takes(theta: Any, gradient: Any) -> None:
    optimizer = Adam(values([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match=r"Adam of 3 parameters takes float64 or float32 arrays of shape \(3,\), not"):
        optimizer.apply(theta, gradient)
    assert optimizer.state_dict()["Adam.step"] == 0
    optimizer.apply(np.zeros(3), np.zeros(3))


def test_a_centered_variance_is_never_below_zero() -> None:
    """A constant gradient: s − m² is 0 up to rounding. PyTorch's root is nan for 4 in 100 of them."""
    gradient = np.random.default_rng(0).uniform(-1, 1, 500)
    theta, optimizer = np.zeros(500), RMSprop(values(gradient), alpha=0.9, centered=True)
    for _ in range(1000):
        optimizer.apply(theta, gradient)
    assert np.isfinite(theta).all()


# ── parameters, step, zero_grad ─────────────────────────────────────────────────────────────────────────────────────


@every_way
def test_a_parameter_listed_twice_is_stepped_once(make: Make) -> None:
    x, y, twice = Value(1.0), Value(2.0), Value(1.0)
    once, doubled = make([x, y]), make([twice, Value(2.0), twice])
    assert doubled.parameters[0] is twice and len(doubled.parameters) == 2
    for optimizer in (once, doubled):
        eager_step(optimizer, [0.5, -1.0])
    assert data(once) == data(doubled)


def test_parameters_come_from_a_generator_too() -> None:
    kept = values([1.0, 2.0])
    assert Adam(parameter for parameter in kept).parameters == kept


@every_way
def test_zero_grad_is_of_its_parameters_alone(make: Make) -> None:
    x, other = Value(1.0), Value(1.0)
    x.grad = other.grad = 5.0
    make([x]).zero_grad()
    assert (x.grad, x.has_grad, other.grad) == (0.0, False, 5.0)


@every_way
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_parameter_goes_its_own_way_in_the_steps_that_have_its_gradient(make: Make, dtype: Any) -> None:
    """As in PyTorch, where a gradient of None is left out: state, count of steps and weight decay too."""
    start, gradients = draws(5).astype(dtype), draws(14, 5, seed=1).astype(dtype)
    reached = np.random.default_rng(2).random((14, 5)) < [0.0, 1.0, 0.3, 0.6, 0.9]
    reached[3] = False  # nobody moves
    theta, alone = start.copy(), [start[i : i + 1].copy() for i in range(5)]
    optimizer, own = make(values(start)), [make(values(x)) for x in alone]
    for step, (gradient, mask) in enumerate(zip(gradients, reached, strict=True)):
        optimizer.apply(theta, gradient, mask)
        for i in np.flatnonzero(mask):
            own[i].apply(alone[i], gradient[i : i + 1])
        assert theta.tolist() == np.concatenate(alone).tolist()
        if step == 7:
            state = through_a_file(optimizer.state_dict())
            optimizer = make(values(start))
            optimizer.load_state_dict(state)
    assert theta[0] == start[0]


@every_way
def test_a_value_without_a_gradient_stays(make: Make) -> None:
    gradients, reached = draws(6, 3, seed=1), np.random.default_rng(2).random((6, 3)) < 0.6
    optimizer, theta = make(values(draws(3))), draws(3)
    on_arrays = make(values(theta))
    for gradient, mask in zip(gradients, reached, strict=True):
        optimizer.zero_grad()
        for parameter, number, has_one in zip(optimizer.parameters, gradient.tolist(), mask, strict=True):
            if has_one:
                parameter.grad = number
        optimizer.step()
        on_arrays.apply(theta, gradient, mask)
    assert data(optimizer) == theta.tolist()
    assert_same_state(optimizer.state_dict(), on_arrays.state_dict())


@pytest.mark.parametrize("forget", [lambda x: setattr(x, "grad", None), lambda x: SGD([x]).zero_grad()])
def test_a_gradient_of_zero_is_one_and_none_is_none(forget: Callable[[Value], None]) -> None:
    """Weight decay moves a parameter whose gradient is 0; clipping gives none to who has none."""
    x, unreached = Value(1.0), Value(1.0)
    optimizer = SGD([x, unreached], lr=0.5, weight_decay=1.0)
    x.grad = 3.0
    forget(x)
    optimizer.step()
    assert data(optimizer) == [1.0, 1.0]
    (x * 0.0).backward()
    clip_grad_norm([x, unreached], 1.0)
    clip_grad_value([x, unreached], 1.0)
    optimizer.step()
    assert data(optimizer) == [0.5, 1.0]
    assert (unreached.has_grad, unreached.grad) == (False, 0.0)


@pytest.mark.parametrize("step", [[1, -1], [1, 2, 3], [1.5, 2.0], -1, 1.5])
def test_counts_of_steps_that_cannot_be_are_refused(step: Any) -> None:
    optimizer = SGD(values([1.0, 2.0]))
    state = {**optimizer.state_dict(), "SGD.step": np.array(step) if isinstance(step, list) else step}
    with pytest.raises(ValueError, match=r"step must be (a|one) whole number"):
        optimizer.load_state_dict(state)


@every_way
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_not_finite_changes_nothing(make: Make, bad: float) -> None:
    optimizer = make([Value(1.0, label="x"), Value(2.0, label="y")])
    eager_step(optimizer, [0.5, 0.5])
    before, state = data(optimizer), optimizer.state_dict()
    with pytest.raises(ValueError, match=r"the gradient of parameters\[1\], .*label='y'.* is not finite; no parameter"):
        eager_step(optimizer, [1.0, bad])
    assert data(optimizer) == before
    assert_same_state(optimizer.state_dict(), state)


@every_way
def test_a_step_out_of_range_changes_nothing(make: Make) -> None:
    optimizer = make([Value(1.0, label="x"), Value(2.0, label="y")])
    eager_step(optimizer, [0.5, 0.5])
    optimizer.parameters[1].data = 1.7e308
    optimizer.lr = 1e308
    before, state = data(optimizer), optimizer.state_dict()
    with pytest.raises(ValueError, match=r"leaves the range of a float.*; no parameter was changed: "):
        eager_step(optimizer, [0.0, -100.0])
    assert data(optimizer) == before
    assert_same_state(optimizer.state_dict(), state)


@pytest.mark.parametrize(
    ("build", "advice"),
    [
        (
            lambda x: SGD([x], lr=1e308),
            r"^a step of lr=1e\+308 leaves the range of a float at parameters\[0\], .*lower lr$",
        ),
        (lambda x: RMSprop([x], lr=1e308), "lower lr or raise eps$"),
    ],
)
def test_what_to_do_about_a_step_out_of_range(build: Callable[[Value], Optimizer], advice: str) -> None:
    optimizer = build(Value(1.0))
    with pytest.raises(ValueError, match=advice):
        eager_step(optimizer, [-1e10])


def test_what_to_do_about_a_zero_over_zero() -> None:
    with pytest.raises(ValueError, match="lower lr or raise eps"):
        eager_step(Adagrad([Value(1.0)], eps=0.0), [0.0])


def test_a_square_out_of_range_changes_nothing() -> None:
    optimizer = Adam([Value(1.0), Value(2.0, label="y")])
    eager_step(optimizer, [1.0, 1.0])
    before, state = data(optimizer), optimizer.state_dict()
    with pytest.raises(
        ValueError, match=r"exp_avg_sq of parameters\[1\], .*'y'.* leaves the range .* clip the gradients"
    ):
        eager_step(optimizer, [1.0, 1e200])
    assert data(optimizer) == before
    assert_same_state(optimizer.state_dict(), state)


def test_a_parameter_that_is_not_finite_is_named() -> None:
    with pytest.raises(ValueError, match=r"^parameters\[0\], Value\(nan, label='x'\), is not finite"):
        SGD([Value(math.nan, label="x")]).step()


@every_way
def test_a_step_interrupted_is_not_taken(make: Make) -> None:
    optimizer = make(values([1.0, 2.0]))
    eager_step(optimizer, [0.5, 0.5])
    before, state = data(optimizer), optimizer.state_dict()
    update = optimizer.update

    def interrupted(*arrays: Any) -> None:
        update(*arrays)
        raise KeyboardInterrupt

    optimizer.update = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        eager_step(optimizer, [1.0, 1.0])
    assert data(optimizer) == before
    assert_same_state(optimizer.state_dict(), state)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_parameters_are_leaf_values(kind: Any) -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match=r"the list of parameters is empty: pass model\.parameters\(\)"):
        kind([])
    with pytest.raises(
        TypeError, match=rf"{kind.__name__} takes a list of parameters, such as model.parameters\(\), not a V"
    ):
        kind(x)
    for wrong in (x * 2, (x * 2)._prev[1], 1.0, [x], np.zeros(2)):
        with pytest.raises(TypeError, match="a parameter must be a leaf, a Value that was not computed, not "):
            kind([x, wrong])


# ── hyperparameters ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize(
    ("lr", "message"),
    [
        (0.0, "lr must be positive, not 0.0"),
        (-0.1, "lr must be positive, not -0.1"),
        (math.nan, "lr must be positive, not nan"),
        (math.inf, "lr must be 0 or more and finite, not inf"),
        ("0.1", "lr must be a number, not '0.1'"),
        (True, "lr must be a number, not True"),
        (None, "lr must be a number, not None"),
    ],
)
def test_lr_is_positive_and_finite_at_once_and_later(kind: Any, lr: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        kind([Value(1.0)], lr=lr)
    optimizer = kind([Value(1.0)], lr=0.5)
    with pytest.raises(ValueError, match=f"^{message}$"):
        optimizer.lr = lr
    assert optimizer.lr == 0.5


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (SGD, {"momentum": 1.0}, r"momentum must be in \[0, 1\), not 1.0"),
        (SGD, {"momentum": -0.1}, r"momentum must be in \[0, 1\), not -0.1"),
        (SGD, {"momentum": "fast"}, "momentum must be a number, not 'fast'"),
        (SGD, {"momentum": 0.9, "dampening": 1.5}, r"dampening must be in \[0, 1\], not 1.5"),
        (SGD, {"dampening": -1}, r"dampening must be in \[0, 1\], not -1"),
        (SGD, {"weight_decay": -1}, "weight_decay must be 0 or more and finite, not -1"),
        (
            SGD,
            {"nesterov": True},
            "nesterov needs momentum above 0 and no dampening, not momentum=0.0, dampening=0.0",
        ),
        (SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "no dampening, not momentum=0.9, dampening=0.1"),
        (Adagrad, {"lr_decay": -1}, "lr_decay must be 0 or more and finite, not -1"),
        (Adagrad, {"weight_decay": math.nan}, "weight_decay must be 0 or more and finite, not nan"),
        (
            Adagrad,
            {"initial_accumulator_value": math.inf},
            "initial_accumulator_value must be 0 or more and finite, not inf",
        ),
        (Adagrad, {"eps": -1e-10}, "eps must be 0 or more and finite, not -1e-10"),
        (RMSprop, {"alpha": 1.0}, r"alpha must be in \[0, 1\), not 1.0"),
        (RMSprop, {"alpha": -0.5}, r"alpha must be in \[0, 1\), not -0.5"),
        (RMSprop, {"eps": -1}, "eps must be 0 or more and finite, not -1"),
        (RMSprop, {"weight_decay": -1}, "weight_decay must be 0 or more and finite, not -1"),
        (RMSprop, {"momentum": 1}, r"momentum must be in \[0, 1\), not 1"),
        (Adam, {"betas": (1.0, 0.999)}, r"betas\[0\] must be in \[0, 1\), not 1.0"),
        (Adam, {"betas": (0.9, -0.1)}, r"betas\[1\] must be in \[0, 1\), not -0.1"),
        (Adam, {"betas": 0.9}, r"betas must be two numbers in \[0, 1\), not 0.9"),
        (Adam, {"betas": (0.9,)}, r"betas must be two numbers in \[0, 1\), not \(0.9,\)"),
        (Adam, {"eps": -1}, "eps must be 0 or more and finite, not -1"),
        (Adam, {"weight_decay": None}, "weight_decay must be a number, not None"),
        (AdamW, {"betas": (0.9, 1.0)}, r"betas\[1\] must be in \[0, 1\), not 1.0"),
        (AdamW, {"weight_decay": -0.01}, "weight_decay must be 0 or more and finite, not -0.01"),
    ],
)
def test_a_wrong_hyperparameter_is_refused_with_its_range(kind: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"{message}$"):
        kind([Value(1.0)], **options)


def test_numbers_of_other_types_become_floats() -> None:
    optimizer = Adam([Value(1.0)], lr=np.float32(0.5), betas=[0, np.float64(0.5)], eps=1)  # type: ignore[arg-type]
    assert repr(optimizer) == "Adam of 1 parameter, lr=0.5, betas=(0.0, 0.5), eps=1.0, weight_decay=0.0, amsgrad=False"
    assert {type(x) for x in (optimizer.lr, *optimizer.betas, optimizer.eps)} == {float}


def test_only_lr_may_be_set_later() -> None:
    optimizer = SGD([Value(1.0)])
    optimizer.lr = 0.5
    with pytest.raises(AttributeError, match="momentum cannot be changed later, only lr can: create a new SGD"):
        optimizer.momentum = 0.9
    assert (optimizer.lr, optimizer.momentum) == (0.5, 0.0)
    eager_step(optimizer, [1.0])
    assert data(optimizer) == [0.5]


def test_a_schedule_may_anneal_to_zero_but_not_below() -> None:
    optimizer = Adam(values([1.0]))
    optimizer.set_lr(0.0)
    eager_step(optimizer, [1.0])
    assert data(optimizer) == [1.0]
    with pytest.raises(ValueError, match="lr must be 0 or more and finite, not -1"):
        optimizer.set_lr(-1)
    resumed = Adam(values([1.0]))
    resumed.load_state_dict(optimizer.state_dict())
    assert resumed.lr == 0.0


# ── states ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@every_way
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("carry", [dict, through_a_file])
@pytest.mark.parametrize("at", [0, 1, 6])
def test_a_resumed_trajectory_is_the_same_to_the_bit(make: Make, dtype: Any, carry: Any, at: int) -> None:
    theta, gradients = draws(5).astype(dtype), draws(12, 5, seed=1).astype(dtype)
    optimizer = make(values(theta))
    for gradient in gradients[:at]:
        optimizer.apply(theta, gradient)
    optimizer.lr = 0.02
    resumed, copied = type(optimizer)(values(theta)), theta.copy()
    resumed.load_state_dict(carry(optimizer.state_dict()))
    assert repr(resumed) == repr(optimizer)
    assert_same_state(optimizer.state_dict(), resumed.state_dict())
    for gradient in gradients[at:]:
        optimizer.apply(theta, gradient)
        resumed.apply(copied, gradient)
        assert (theta == copied).all()
    assert_same_state(optimizer.state_dict(), resumed.state_dict())


@every_way
def test_a_state_is_flat_numbers_and_arrays_and_a_copy(make: Make) -> None:
    optimizer = make(values([1.0, 2.0]))
    eager_step(optimizer, [0.5, 0.5])
    state = optimizer.state_dict()
    kept = copy.deepcopy(state)
    assert all(isinstance(x, (bool, int, float, np.ndarray)) for x in state.values())
    assert all(key.startswith(f"{type(optimizer).__name__}.") for key in state)
    eager_step(optimizer, [0.5, 0.5])
    assert_same_state(state, kept)
    resumed = make(values([1.0, 2.0]))
    resumed.load_state_dict(state)
    eager_step(resumed, [9.0, 9.0])
    assert_same_state(state, kept)


@every_way
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_goes_its_own_way(make: Make, duplicate: Any) -> None:
    theta = draws(3)
    optimizer = make(values(theta))
    optimizer.apply(theta, draws(3, seed=1))
    other, copied = duplicate(optimizer), theta.copy()
    for gradient in draws(4, 3, seed=2):
        other.apply(copied, gradient)
    after = other.state_dict()
    for gradient in draws(4, 3, seed=2):
        optimizer.apply(theta, gradient)
    assert (theta == copied).all()
    assert_same_state(after, optimizer.state_dict())


GOOD = {
    "Adam.step": 3,
    "Adam.lr": 0.25,
    "Adam.betas": np.array([0.5, 0.75]),
    "Adam.eps": 1e-3,
    "Adam.weight_decay": 0.5,
    "Adam.amsgrad": False,
    "Adam.exp_avg": np.array([1.0, 2.0]),
    "Adam.exp_avg_sq": np.array([3.0, 4.0]),
}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (SGD(values([1.0, 2.0])).state_dict(), "this state belongs to SGD, not to Adam; nothing was loaded"),
        (AdamW(values([1.0, 2.0])).state_dict(), "this state belongs to AdamW, not to Adam; nothing was loaded"),
        ({"step": 3}, "this state belongs to 'step', not to Adam"),
        ({}, "Adam.lr is missing from this state; nothing was loaded"),
        (Adam(values([1.0])).state_dict(), r"exp_avg must have 2 numbers, not float64 \(1,\); nothing was loaded"),
        ({**GOOD, "Adam.exp_avg_sq": np.zeros((2, 1))}, r"exp_avg_sq must have 2 numbers, not float64 \(2, 1\)"),
        ({**GOOD, "Adam.exp_avg_sq": 1.0}, r"exp_avg_sq must have 2 numbers, not float64 \(\)"),
        ({**GOOD, "Adam.exp_avg": np.array(["a", "b"])}, r"exp_avg must have 2 numbers, not <U1 \(2,\)"),
        (
            {**GOOD, "Adam.exp_avg": np.array([1.0, math.nan])},
            r"exp_avg\[1\] is nan, which is not finite; nothing was loaded",
        ),
        ({**GOOD, "Adam.step": -1}, "step must be a whole number, 0 or more, not -1"),
        ({**GOOD, "Adam.step": 1.5}, "step must be a whole number, 0 or more, not 1.5"),
        ({**GOOD, "Adam.lr": -1.0}, "lr must be 0 or more and finite, not -1.0"),
        ({**GOOD, "Adam.betas": np.array([0.5, 1.5])}, r"betas\[1\] must be in \[0, 1\), not 1.5"),
        ({**GOOD, "Adam.betas": 0.5}, r"betas must be two numbers in \[0, 1\), not 0.5"),
        ({**GOOD, "Adam.amsgrad": True}, "Adam.max_exp_avg_sq is missing from this state; nothing was loaded"),
        ({**GOOD, "Adam.max_exp_avg_sq": np.zeros(2)}, "Adam has no max_exp_avg_sq; nothing was loaded"),
        ({**GOOD, "Adam.velocity": np.zeros(2), "Adam.a": 0}, "Adam has no a, velocity; nothing was loaded"),
        *[
            ({k: v for k, v in GOOD.items() if k != name}, f"{name} is missing from this state; nothing was loaded")
            for name in GOOD
        ],
    ],
)
def test_a_wrong_state_is_refused_and_nothing_loaded(state: dict[str, Any], message: str) -> None:
    optimizer = Adam(values([1.0, 2.0]))
    eager_step(optimizer, [0.5, 0.5])
    before, kept = optimizer.state_dict(), list(state)
    with pytest.raises(ValueError, match=f"{message}"):
        optimizer.load_state_dict(state)
    assert_same_state(optimizer.state_dict(), before)
    assert list(state) == kept
    optimizer.load_state_dict(GOOD)
    assert_same_state(optimizer.state_dict(), GOOD)
