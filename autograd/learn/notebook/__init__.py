"""The exercises in a notebook."""
