"""Files, texts and arrays: what every room uses, and nothing of the engine."""
