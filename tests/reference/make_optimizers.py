"""Freeze optimizers.json: PyTorch's optimizers, schedules and clipping on gradients that no engine computed.

    pip install mpmath torch==2.13.0
    python tests/reference/make_optimizers.py

Seven numbers are moved by twenty written-out gradients, so that a formula is all that is compared: their sizes fall and
rise, one is zero at first and one always, one is constant and one alternates. The run gives the same bytes each time.
"""

import math
import random
from typing import Any

import torch
from make_reference import PYTORCH, write
from torch.optim import lr_scheduler

STEPS = 20
START = [0.7, -1.3, 2.1, 0.05, -0.4, 1.0, -3.2]
OPTIMIZERS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"lr": 0.05},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.9},
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.3},
        {"lr": 0.05, "momentum": 0.9, "nesterov": True},
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.5, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1, "nesterov": True},
    ],
    "Adagrad": [
        {},
        {"lr": 0.1, "lr_decay": 0.2},
        {"lr": 0.1, "weight_decay": 0.1},
        {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 0.01},
        {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.2, "initial_accumulator_value": 0.1},
    ],
    "RMSprop": [
        {},
        {"lr": 0.05, "alpha": 0.8, "eps": 0.01},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.9},
        {"lr": 0.05, "alpha": 0.9, "centered": True, "eps": 0.001},
        {"lr": 0.05, "alpha": 0.9, "centered": True, "eps": 0.001, "momentum": 0.7, "weight_decay": 0.1},
    ],
    "Adam": [
        {},
        {"lr": 0.05, "betas": [0.8, 0.9]},
        {"lr": 0.05, "eps": 0.01},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "betas": [0.5, 0.6], "amsgrad": True},
        {"lr": 0.05, "betas": [0.7, 0.8], "eps": 0.001, "weight_decay": 0.1, "amsgrad": True},
        {"lr": 0.05, "betas": [0.0, 0.0], "eps": 0.001},
    ],
    "AdamW": [
        {},
        {"lr": 0.05, "weight_decay": 0.0},
        {"lr": 0.05, "weight_decay": 0.3},
        {"lr": 0.05, "betas": [0.7, 0.8], "eps": 0.001, "weight_decay": 0.1, "amsgrad": True},
    ],
}
EPOCHS = 25
SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 4}),
    ("StepLR", {"step_size": 1, "gamma": 0.5}),
    ("StepLR", {"step_size": 7, "gamma": 1.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ExponentialLR", {"gamma": 1.0}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 10, "eta_min": 0.05}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.5, "total_iters": 8}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 3}),
]
CLIPPED: list[list[float]] = [[3.0, 4.0], [0.3, -0.4, 0.0], [1e-3, -2e3, 5.0, 7.5], [0.0, 0.0], [-2.0]]
LIMITS = [0.1, 1.0, 5.0, 1e4]


def gradients() -> list[list[float]]:
    """Draw the gradients of every step, to four decimals."""
    draw = random.Random(0)

    def row(t: int) -> list[float]:
        size = 3.0 if t in (0, 12) else 1 / (1 + t)
        return [
            draw.uniform(-1, 1),
            size * draw.uniform(-1, 1),
            0.0 if t < 3 else draw.uniform(-1, 1),
            0.0,
            0.25,
            (-1.0) ** t * draw.uniform(0.5, 1),
            100 * draw.uniform(-1, 1),
        ]

    return [[round(number, 4) for number in row(t)] for t in range(STEPS)]


def path(name: str, options: dict[str, Any], dtype: torch.dtype) -> list[list[float]]:
    """Give the parameters after each step."""
    theta = torch.tensor(START, dtype=dtype, requires_grad=True)
    stepper = getattr(torch.optim, name)([theta], **options)
    points = []
    for gradient in gradients():
        theta.grad = torch.tensor(gradient, dtype=dtype)
        stepper.step()
        points.append(theta.tolist())
    return points


def optimizers() -> list[dict[str, Any]]:
    return [
        {
            "name": f"{name}({', '.join(f'{key}={value}' for key, value in options.items())})",
            "optimizer": name,
            "options": options,
            "path": path(name, options, torch.float64),
            "final_float32": path(name, options, torch.float32)[-1],
        }
        for name, settings in OPTIMIZERS.items()
        for options in settings
    ]


def schedules() -> list[dict[str, Any]]:
    """Give the learning rate of each epoch, from 0.4."""
    entries = []
    for name, options in SCHEDULES:
        stepper = torch.optim.SGD([torch.zeros((), requires_grad=True)], lr=0.4)
        schedule = getattr(lr_scheduler, name)(stepper, **options)
        rates = []
        for _ in range(EPOCHS):
            rates.append(stepper.param_groups[0]["lr"])
            stepper.step()
            schedule.step()
        settings = ", ".join(f"{key}={value}" for key, value in options.items())
        entries.append({"name": f"{name}({settings})", "schedule": name, "options": options, "rates": rates})
    return entries


def clipping() -> list[dict[str, Any]]:
    """Give the norm before, and the gradient after, for each gradient and limit."""
    entries = []
    for gradient in CLIPPED:
        for limit in [*LIMITS, math.inf]:
            leaf = torch.zeros(len(gradient), dtype=torch.float64, requires_grad=True)
            leaf.grad = torch.tensor(gradient, dtype=torch.float64)
            norm = torch.nn.utils.clip_grad_norm_([leaf], limit).item()
            by_norm = leaf.grad.tolist()
            leaf.grad = torch.tensor(gradient, dtype=torch.float64)
            torch.nn.utils.clip_grad_value_([leaf], limit)
            entry = {"gradient": gradient, "limit": limit, "norm": norm}
            entries.append({**entry, "by_norm": by_norm, "by_value": leaf.grad.tolist()})
    return entries


def main() -> None:
    content = {"start": START, "gradients": gradients(), "optimizers": optimizers()}
    write("optimizers.json", {"source": PYTORCH, **content, "schedules": schedules(), "clipping": clipping()})


if __name__ == "__main__":
    main()
