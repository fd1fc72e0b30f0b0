"""Schedules: as in PyTorch, and resumed bit for bit."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from fixtures.states import through_a_file

from autograd import Value
from nn.optim import schedules
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import SGD, Adam
from nn.optim.schedules import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, Schedule, StepLR

HERE = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((HERE / "optimizers.json").read_text(encoding="utf-8"))


def scheduled(reference: dict[str, Any], optimizer: Optimizer) -> Schedule:
    whole = {
        key: int(x) if key in ("step_size", "T_max", "total_iters") else x for key, x in reference["options"].items()
    }
    return getattr(schedules, reference["schedule"])(optimizer, **whole)  # type: ignore[no-any-return]


every_schedule = pytest.mark.parametrize("reference", REFERENCE["schedules"], ids=lambda row: row["name"])


@every_schedule
def test_a_schedule_is_pytorchs(reference: dict[str, Any]) -> None:
    optimizer = SGD([Value(1.0)], lr=0.4)
    schedule, rates = scheduled(reference, optimizer), []
    for _ in reference["rates"]:
        rates.append(optimizer.lr)
        schedule.step()
    assert rates == pytest.approx(reference["rates"], rel=1e-12, abs=1e-15)
    assert len(rates) == 25


@every_schedule
@pytest.mark.parametrize("at", [0, 1, 7])
def test_a_resumed_schedule_is_the_same_to_the_bit(reference: dict[str, Any], at: int) -> None:
    optimizer = Adam([Value(1.0)], lr=0.4)
    schedule = scheduled(reference, optimizer)
    for _ in range(at):
        schedule.step()
    other = Adam([Value(1.0)])
    other.load_state_dict(through_a_file(optimizer.state_dict()))
    resumed = scheduled(reference, other)  # made at the rate that is already annealed
    resumed.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    for _ in range(9):
        assert other.lr == optimizer.lr
        assert repr(resumed) == repr(schedule)
        schedule.step()
        resumed.step()


def test_a_schedule_of_ones_own() -> None:
    optimizer = SGD([Value(1.0)], lr=0.5)
    schedule = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
    schedule.step()
    state = schedule.state_dict()
    assert state == {"LambdaLR.epoch": 1, "LambdaLR.base_lr": 0.5}
    other = SGD([Value(1.0)])
    LambdaLR(other, lambda epoch: 0.5**epoch).load_state_dict(state)
    assert (optimizer.lr, other.lr) == (0.25, 0.25)


def test_a_rate_that_cannot_be_stays_at_the_last_epoch() -> None:
    optimizer = SGD([Value(1.0)], lr=0.5)
    schedule = LambdaLR(optimizer, lambda epoch: 1 - epoch)
    schedule.step()
    assert optimizer.lr == 0.0
    for _ in range(2):
        with pytest.raises(ValueError, match="the lr of epoch 2 must be 0 or more and finite, not -"):
            schedule.step()
    assert (schedule.epoch, optimizer.lr) == (1, 0.0)
    soaring = ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=1e200)
    soaring.step()
    with pytest.raises(ValueError, match="the lr of epoch 2 must be 0 or more and finite, not inf"):
        soaring.step()


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda o: StepLR(o, 0), ValueError, "step_size must be a whole number, 1 or more, not 0"),
        (lambda o: StepLR(o, 2.5), ValueError, "step_size must be a whole number, 1 or more, not 2.5"),
        (lambda o: StepLR(o, 2, gamma=-1), ValueError, "gamma must be 0 or more and finite, not -1"),
        (lambda o: ExponentialLR(o, math.nan), ValueError, "gamma must be 0 or more and finite, not nan"),
        (lambda o: CosineAnnealingLR(o, 0), ValueError, "T_max must be a whole number, 1 or more, not 0"),
        (lambda o: CosineAnnealingLR(o, 5, eta_min=-0.1), ValueError, "eta_min must be 0 or more and finite, not -0.1"),
        (lambda o: LinearLR(o, start_factor=0.0), ValueError, r"start_factor must be in \(0, 1\], not 0.0"),
        (lambda o: LinearLR(o, start_factor=1.5), ValueError, r"start_factor must be in \(0, 1\], not 1.5"),
        (lambda o: LinearLR(o, end_factor=-1), ValueError, r"end_factor must be in \[0, 1\], not -1"),
        (lambda o: LinearLR(o, total_iters=0), ValueError, "total_iters must be a whole number, 1 or more, not 0"),
        (lambda o: LambdaLR(o, 0.5), TypeError, "lr_lambda must be a function of the epoch, not a float"),
        (lambda o: LambdaLR(o, lambda epoch: "a"), ValueError, r"lr_lambda\(0\) must be a number, not 'a'"),
        (
            lambda o: LambdaLR(o, lambda epoch: -1),
            ValueError,
            "the lr of epoch 0 must be 0 or more and finite, not -0.5",
        ),
        (lambda o: StepLR([o], 2), TypeError, "StepLR takes an optimizer, not a list"),
    ],
)
def test_a_misbuilt_schedule_says_why(build: Any, error: type[Exception], message: str) -> None:
    optimizer = SGD([Value(1.0)], lr=0.5)
    with pytest.raises(error, match=f"^{message}$"):
        build(optimizer)
    assert optimizer.lr == 0.5


STEP_STATE = {"StepLR.epoch": 3, "StepLR.base_lr": 0.5, "StepLR.step_size": 2, "StepLR.gamma": 0.5}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"ExponentialLR.epoch": 3}, "this state belongs to ExponentialLR, not to StepLR; nothing was loaded"),
        ({**STEP_STATE, "StepLR.epoch": -1}, "epoch must be a whole number, 0 or more, not -1"),
        ({**STEP_STATE, "StepLR.base_lr": math.nan}, "base_lr must be 0 or more and finite, not nan"),
        ({**STEP_STATE, "StepLR.step_size": 0}, "step_size must be a whole number, 1 or more, not 0"),
        ({**STEP_STATE, "StepLR.T_max": 0}, "StepLR has no T_max; nothing was loaded"),
        *[({k: v for k, v in STEP_STATE.items() if k != name}, f"{name}") for name in STEP_STATE],
    ],
)
def test_a_wrong_state_of_a_schedule_changes_nothing(state: dict[str, Any], message: str) -> None:
    optimizer = SGD([Value(1.0)], lr=0.4)
    schedule = StepLR(optimizer, 1, gamma=0.5)
    schedule.step()
    before = schedule.state_dict()
    with pytest.raises(ValueError, match=message):
        schedule.load_state_dict(state)
    assert (schedule.state_dict(), optimizer.lr) == (before, 0.2)
    schedule.load_state_dict(STEP_STATE)
    assert (schedule.state_dict(), optimizer.lr) == (STEP_STATE, 0.25)


def test_a_wrong_state_leaves_the_rate_of_a_warm_up() -> None:
    optimizer = SGD([Value(1.0)], lr=0.4)
    schedule = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    schedule.step()
    before, rate = schedule.state_dict(), optimizer.lr
    with pytest.raises(ValueError, match="base_lr must be 0 or more"):
        schedule.load_state_dict({**before, "LinearLR.base_lr": -1.0})
    assert (schedule.state_dict(), optimizer.lr) == (before, rate)
