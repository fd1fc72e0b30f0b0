"""``autograd learn`` in a terminal."""
