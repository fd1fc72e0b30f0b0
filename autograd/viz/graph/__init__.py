"""What is in a graph: its nodes as columns, names, modules, calls."""
