"""Benchmarks: the engine beside its peers, and the cost of importing it."""
