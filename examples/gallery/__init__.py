"""Graphs, compiled functions and trainings to draw: ``python -m examples.gallery FOLDER`` makes their pictures."""

from examples.gallery.graphs import GRAPHS, Graph
from examples.gallery.trainings import PROGRAMS, TRAININGS

__all__ = ["GRAPHS", "PROGRAMS", "TRAININGS", "Graph"]
