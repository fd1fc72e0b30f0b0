"""The commands of nn where nothing is installed, as in a clone or a zip: ``python -m nn demo``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from autograd.util.command_line import ArgumentParser
from nn.demo import command

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status, which is 2 for wrong usage."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = ArgumentParser(prog="python -m nn", description="The commands that nn adds to autograd.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("demo", help=(command.__doc__ or "").partition("\n")[0], add_help=False)
    parser.parse_args(arguments[:1])
    return command(arguments[1:])


if __name__ == "__main__":
    sys.exit(main())
