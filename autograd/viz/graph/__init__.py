"""The contents of a graph: its nodes as arrays, their names, the modules and calls that made them."""
