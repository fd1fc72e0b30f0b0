"""Pictures of computation graphs."""

from autograd.core.display import mimebundle as value_mimebundle
from autograd.viz.drawing import Drawing, draw

__all__ = ["Drawing", "draw", "value_mimebundle"]
