"""Benchmarks: the engine compared with its peers, and the cost of importing it."""
