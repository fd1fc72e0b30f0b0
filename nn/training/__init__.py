"""``nn.fit`` and the loop behind it: checkpoints, history, progress."""

from nn.training.loop import Training
from nn.training.state import Place, Settings

__all__ = ["Place", "Settings", "Training"]
