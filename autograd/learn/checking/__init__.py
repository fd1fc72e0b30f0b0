"""A check: run in a process of its own, compared, and its mistake named."""
