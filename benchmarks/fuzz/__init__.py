"""The fuzzer: ``python -m benchmarks.fuzz``; see ``run``."""
