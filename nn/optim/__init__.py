"""Optimizers, schedules and clipping, under PyTorch's names."""

from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"]
