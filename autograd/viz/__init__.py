"""Pictures of computation graphs, and of what a model of sequences looks at and expects."""

from autograd.viz.drawing import Drawing, draw, value_mimebundle
from autograd.viz.graphviz.browser import load_graphviz
from autograd.viz.sequences.attention import attention
from autograd.viz.sequences.heat_map import HeatMap
from autograd.viz.sequences.probabilities import probabilities

__all__ = ["Drawing", "HeatMap", "attention", "draw", "load_graphviz", "probabilities", "value_mimebundle"]
