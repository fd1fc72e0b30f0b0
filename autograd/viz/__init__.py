"""Pictures of computation graphs."""

from autograd.viz.drawing import Drawing, draw, value_mimebundle

__all__ = ["Drawing", "draw", "value_mimebundle"]
