"""A training, recorded and played."""

from autograd.viz.training.player import TrainingPlayer

__all__ = ["TrainingPlayer"]
