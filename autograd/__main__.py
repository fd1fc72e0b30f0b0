"""The command line: ``autograd learn``, and what installed packages add to it; also as ``python -m autograd …``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from autograd import __version__
from autograd.util.command_line import ArgumentParser

__all__ = ["main"]

Command = Callable[[Sequence[str]], int]

GROUP = "autograd.commands"
"""The entry points that are commands: functions of the arguments that return an exit status; what they do is the first
line of their docstring."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 for a failure said in one line, 2 for wrong usage.

    That of ``learn check`` is 0 for passed, 1 wrong, 2 not started, 3 crashed.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name in BUILT_IN:  # without a look at what is installed: a check is waited for
        return BUILT_IN[name](rest)
    from importlib.metadata import entry_points  # a tenth of the time that it takes to import autograd

    installed = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    if name in installed:
        return int(installed[name].load()(rest))
    _refuse(arguments, {**BUILT_IN, **{name: point.load() for name, point in installed.items()}})


def _learn(arguments: Sequence[str]) -> int:
    """exercises: write the engine yourself, step by step"""
    from autograd.learn.terminal.cli import main as learn  # no other command needs it

    return learn(arguments)


BUILT_IN: dict[str, Command] = {"learn": _learn}


def _refuse(arguments: Sequence[str], commands: Mapping[str, Command]) -> NoReturn:
    """Say what --help and --version ask for, or what is wrong."""
    parser = ArgumentParser(prog="autograd", description="A scalar autograd engine to understand back-propagation.")
    parser.add_argument("--version", action="version", version=f"autograd {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in commands.items():
        subparsers.add_parser(name, help=(command.__doc__ or "").partition("\n")[0], add_help=False)
    name = next((x for x in arguments if not x.startswith("-")), "")
    if len(commands) == len(BUILT_IN) and name not in {*commands, ""}:
        parser.error(
            f"no command {name!r} here: only an installed package lists more than {', '.join(commands)}; "
            "pip install it, or run python -m nn demo"
        )
    parser.parse_args(arguments)
    parser.error("the command comes first")


if __name__ == "__main__":
    sys.exit(main())
