"""Looking into a model: snapshots, probes, a diagnosis."""
