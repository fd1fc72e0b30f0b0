"""Programs, run: as arrays, row by row, or on floats."""
