"""``autograd demo`` and ``autograd demo gpt``: train a network, print how it learns, and draw it."""

from nn.demo.command_line import command
from nn.demo.folder import DemoError
from nn.demo.moons import run_demo

__all__ = ["DemoError", "command", "run_demo"]
