"""The three ways to run a program: as arrays, row by row, or on floats."""
