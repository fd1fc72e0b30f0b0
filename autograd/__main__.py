"""The command line: ``autograd learn`` and the commands of installed packages; also ``python -m autograd …``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from autograd import __version__
from autograd.util.command_line import ArgumentParser
from autograd.util.suggestions import lookup_error

__all__ = ["main"]

Command = Callable[[Sequence[str]], int]

GROUP = "autograd.commands"
"""The entry points that are commands: functions of the arguments that return an exit status. The first line of their
docstring is their help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 for success, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C.

    arguments: the command and its arguments; by default those of the command line.

    ``learn check`` returns 0 for passed, 1 for wrong, 2 for not started and 3 for crashed.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(arguments)
    except KeyboardInterrupt:  # mostly while a command is imported: once it runs, it has an answer of its own
        print(f"\n{' '.join(['autograd', *arguments[:1]])}: stopped", file=sys.stderr)
        return 130


def _run(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name in BUILT_IN:  # without searching installed packages, because a check should start fast
        return BUILT_IN[name](rest)
    from importlib.metadata import entry_points  # a tenth of the time that it takes to import autograd

    installed = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    if name in installed:
        return int(installed[name].load()(rest))
    _refuse(arguments, {**BUILT_IN, **{name: point.load() for name, point in installed.items()}})


def _learn(arguments: Sequence[str]) -> int:
    """exercises: write the engine yourself, step by step"""
    if sys.path[:1] == [os.getcwd()]:  # of python -m: a learner's random.py is not to take the place of Python's
        sys.path.append(sys.path.pop(0))
    try:
        from autograd.learn.terminal.cli import main as learn  # no other command needs it
    except KeyboardInterrupt:
        return 130  # what a shell reports after Ctrl-C

    return learn(arguments)


def _playground(arguments: Sequence[str]) -> int:
    """playground: the engine, the pictures and the exercises in the browser"""
    from autograd.playground.command import command  # no other command needs it

    return command(arguments)


BUILT_IN: dict[str, Command] = {"learn": _learn, "playground": _playground}


def _refuse(arguments: Sequence[str], commands: Mapping[str, Command]) -> NoReturn:
    """Answer --help and --version, or explain what is wrong."""
    parser = ArgumentParser(prog="autograd", description="A scalar autograd engine for understanding back-propagation.")
    parser.add_argument("--version", action="version", version=f"autograd {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in commands.items():
        subparsers.add_parser(name, help=(command.__doc__ or "").partition("\n")[0], add_help=False)
    name = next((x for x in arguments if not x.startswith("-")), "")
    if len(commands) == len(BUILT_IN) and name not in {*commands, ""}:
        parser.error(
            f"unknown command {name!r}: without installing the package there is only {', '.join(commands)}; "
            "pip install it, or run python -m nn demo"
        )
    if arguments[:1] == [name] and name not in commands:
        parser.error(lookup_error("command", name, commands, "install the package that adds it"))
    parser.parse_args(arguments)
    parser.error("write the command first")


if __name__ == "__main__":
    sys.exit(main())
