"""The exercises, how one is read, and its probes."""
