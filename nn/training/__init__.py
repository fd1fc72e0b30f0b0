"""``nn.fit`` and the loop behind it: checkpoints, history, progress."""

from nn.training.loop import Settings, Training

__all__ = ["Settings", "Training"]
