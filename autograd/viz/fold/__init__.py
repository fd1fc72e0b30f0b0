"""A graph within a budget of nodes."""
