"""Running a program as NumPy calls on slices of one buffer."""
