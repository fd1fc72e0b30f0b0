"""Programs as NumPy calls on slices of one buffer."""
