"""Training trajectories in PyTorch: two networks of the lecture's size, and every optimizer on one or two numbers."""

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

LECTURE = {
    "inputs": [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]],
    "targets": [1.0, -1.0, -1.0, 1.0],
}
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "relu": torch.relu, "linear": lambda x: x}
LOSSES: dict[str, Callable[[Tensor], Tensor]] = {"sum_squared_error": torch.sum, "mse_loss": torch.mean}
NETWORKS = [
    ("lecture", ["tanh", "tanh", "tanh"], "sum_squared_error"),
    ("regression", ["relu", "relu", "linear"], "mse_loss"),
]

LINE = torch.arange(1.0, 5.0, dtype=torch.float64)
PROBLEMS: dict[str, tuple[int, Callable[..., Tensor]]] = {
    "linear": (2, lambda w, b: torch.mean((w * LINE + b - 3 * LINE) ** 2)),
    "quadratic": (1, lambda x: (x - 3) ** 2),
}
OPTIMIZERS: list[tuple[str, str, dict[str, Any]]] = [
    ("linear", "SGD", {"lr": 0.01}),
    ("quadratic", "SGD", {"lr": 0.1}),
    ("quadratic", "SGD", {"lr": 0.1, "momentum": 0.9}),
    ("quadratic", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("quadratic", "SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    ("quadratic", "Adagrad", {"lr": 0.1}),
    ("quadratic", "RMSprop", {"lr": 0.1}),
    ("quadratic", "Adam", {"lr": 0.1}),
    ("quadratic", "Adam", {"lr": 0.1, "weight_decay": 0.05}),
    ("quadratic", "AdamW", {"lr": 0.1, "weight_decay": 0.05}),
]
STEPS = 20
ALIVE = 0  # with this seed every relu passes some row, and none comes nearer than 0.01 to its kink in 20 steps


def descend(
    parameters: list[Tensor], loss: Callable[[], Tensor], optimizer: str, options: dict[str, Any]
) -> tuple[list[float], list[Any], list[list[Any]]]:
    """Take the steps; give the loss before each, the gradients of the first, and the parameters after each."""
    stepper = getattr(torch.optim, optimizer)(parameters, **options)
    losses: list[float] = []
    gradients: list[Any] = []
    path: list[list[Any]] = []
    for _ in range(STEPS):
        stepper.zero_grad()
        now = loss()
        torch.autograd.backward(now)
        losses.append(now.item())
        gradients = gradients or [p.grad.tolist() for p in parameters if p.grad is not None]
        stepper.step()
        path.append([p.tolist() for p in parameters])
    return losses, gradients, path


def scalar_trajectory(problem: str, optimizer: str, options: dict[str, Any]) -> dict[str, Any]:
    """Minimise a problem of one or two numbers from zero."""
    count, loss = PROBLEMS[problem]
    start = [torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(count)]
    losses, gradients, path = descend(start, lambda: loss(*start), optimizer, options)
    settings = ", ".join(f"{key}={value}" for key, value in options.items())
    return {
        "name": f"{problem} {optimizer}({settings})",
        "problem": problem,
        "optimizer": optimizer,
        "options": options,
        "start": [0.0] * count,
        "losses": losses,
        "gradients": gradients,
        "path": path,
    }


def starting_weights(widths: Sequence[int], seed: int) -> list[dict[str, Any]]:
    """Draw one {"w": rows of neurons, "b": one a neuron} per layer, uniform in ±1, to four decimals."""
    generator = random.Random(seed)

    def draw(count: int) -> list[float]:
        return [round(generator.uniform(-1, 1), 4) for _ in range(count)]

    return [{"w": [draw(nin) for _ in range(nout)], "b": draw(nout)} for nin, nout in pairwise(widths)]


def layers(flat: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"w": w, "b": b} for w, b in zip(flat[::2], flat[1::2], strict=True)]


def network_trajectory(name: str, activations: list[str], loss: str) -> dict[str, Any]:
    """Train the network 3-4-4-1 on the lecture's four rows, all at once, by plain gradient descent."""
    start = starting_weights([3, 4, 4, 1], seed=ALIVE)
    options = {"lr": 0.05}
    inputs, targets = (torch.tensor(LECTURE[key], dtype=torch.float64) for key in ("inputs", "targets"))
    parameters = [
        torch.tensor(layer[key], dtype=torch.float64, requires_grad=True) for layer in start for key in ("w", "b")
    ]

    def total() -> Tensor:
        x = inputs
        for w, b, activation in zip(parameters[::2], parameters[1::2], activations, strict=True):
            x = ACTIVATIONS[activation](x @ w.T + b)
        return LOSSES[loss]((x[:, 0] - targets) ** 2)

    losses, gradients, path = descend(parameters, total, "SGD", options)
    return {
        "name": name,
        "activations": activations,
        "loss": loss,
        "optimizer": "SGD",
        "options": options,
        **LECTURE,
        "start": start,
        "losses": losses,
        "gradients": layers(gradients),
        "final": layers(path[-1]),
    }
