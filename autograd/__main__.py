"""The command line ``autograd``, also run as ``python -m autograd``: ``learn``, and the commands of other packages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from autograd import __version__
from autograd.util.command_line import ArgumentParser

__all__ = ["main"]

Command = Callable[[Sequence[str]], int]

GROUP = "autograd.commands"
"""The group of entry points that add commands. Each is a function that takes the arguments and returns an exit status;
the first line of its docstring appears in ``--help``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 for success, 1 for a failure (one line says why), 2 for wrong usage.

    ``learn check`` returns 0 for passed, 1 for wrong, 2 for not started and 3 for crashed.

    arguments: the words after ``autograd``; by default those of this process.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name in BUILT_IN:  # no search through installed packages: somebody waits for the check
        return BUILT_IN[name](rest)
    from importlib.metadata import entry_points  # a tenth of autograd's import time

    installed = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    if name in installed:
        return int(installed[name].load()(rest))
    _refuse(arguments, {**BUILT_IN, **{name: point.load() for name, point in installed.items()}})


def _learn(arguments: Sequence[str]) -> int:
    """write the engine yourself, step by step, in exercises"""
    from autograd.learn.terminal.cli import main as learn  # no other command needs it

    return learn(arguments)


BUILT_IN: dict[str, Command] = {"learn": _learn}


def _refuse(arguments: Sequence[str], commands: Mapping[str, Command]) -> NoReturn:
    """Answer --help and --version, or report wrong usage; either way, end the process."""
    parser = ArgumentParser(prog="autograd", description="A scalar autograd engine for understanding back-propagation.")
    parser.add_argument("--version", action="version", version=f"autograd {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in commands.items():
        subparsers.add_parser(name, help=(command.__doc__ or "").partition("\n")[0], add_help=False)
    name = next((x for x in arguments if not x.startswith("-")), "")
    if len(commands) == len(BUILT_IN) and name not in {*commands, ""}:
        parser.error(
            f"unknown command {name!r}: without an installed package there is only {', '.join(commands)}; "
            "run `pip install .` first, or `python -m nn demo`"
        )
    parser.parse_args(arguments)
    parser.error("put the command first, before its options")


if __name__ == "__main__":
    sys.exit(main())
