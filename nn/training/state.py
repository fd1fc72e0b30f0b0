"""The parts of a training: its settings, its position, and the protocol that checkpoints use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

from autograd.util.arrays import Array
from nn.optim.optimizer import Optimizer
from nn.running.data import Data
from nn.running.evaluation import Score
from nn.running.gradients import Gradients, GradientsByLength
from nn.running.row_function import Engine, Function
from nn.training.history import History
from nn.training.options import Checkpoint, Shards, Stop

__all__ = ["Place", "Run", "Settings", "SupportsStep"]


class SupportsStep(Protocol):
    """A schedule, perhaps one of the user's own."""

    def step(self) -> Any:
        """Set the learning rate for the next epoch."""
        ...


@dataclass(frozen=True)
class Settings:
    """A training's settings, already checked."""

    epochs: int
    batch_size: int
    loss: Function
    metrics: dict[str, Score]
    stop: Stop
    shuffle: bool
    seed: int
    clip_norm: float | None
    clip_value: float | None
    l2: float
    checkpoint: Checkpoint | None
    shards: Shards | None


@dataclass
class Place:
    """A training's position: the whole epochs, the steps of the next one, and the loss and samples of those steps."""

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    samples: int = 0
    best: float = math.inf
    waited: int = 0


class Run(Protocol):
    """A running training, as far as a checkpoint needs it: ``nn.Training``."""

    model: Function
    optimizer: Optimizer
    settings: Settings
    data: Data
    held_out: Data | None
    schedule: Any  # with a state, which is asked first
    dtype: str
    engine: Engine
    history: History
    place: Place
    theta: Array
    best_theta: Array | None
    gradients: Gradients | GradientsByLength
    identity: dict[str, str]
