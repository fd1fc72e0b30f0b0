"""Inspecting a model: snapshots, probes and a diagnosis."""
