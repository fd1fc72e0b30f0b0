"""A model on arrays: evaluation, gradients, shards."""
