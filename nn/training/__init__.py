"""``nn.fit`` and the loop behind it: checkpoints, history, progress."""

from nn.training.loop import Training
from nn.training.state import Settings

__all__ = ["Settings", "Training"]
