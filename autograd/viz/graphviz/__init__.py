"""Graphviz, wherever it is: DOT in, positions or a picture out."""
