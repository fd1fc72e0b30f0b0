"""The command line: ``autograd demo`` and ``autograd learn``, or ``python -m autograd …``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from autograd import __version__

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 for a failure said in one line, 2 for wrong usage.

    That of ``learn check`` is 0 for passed, 1 wrong, 2 not started, 3 crashed.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["learn"]:
        from autograd.learn.terminal.cli import main as learn

        return learn(arguments[1:])
    options = _parser().parse_args(arguments)
    return _demo(options)


def _demo(options: argparse.Namespace) -> int:
    from nn.demo import DemoError, run_demo  # an exercise is checked without the library

    try:
        run_demo(options.samples, options.steps, options.seed, options.out, overwrite=options.overwrite)
    except DemoError as error:
        print(f"autograd demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nautograd demo: stopped, nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `autograd demo | head`
        sys.stderr.close()
        return 141
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="autograd", description="A scalar autograd engine to understand back-propagation.")
    parser.add_argument("--version", action="version", version=f"autograd {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("learn", help="exercises: write the engine yourself, step by step", add_help=False)
    demo = commands.add_parser(
        "demo",
        help="train a network on two moons and draw one backprop step",
        description="Train MLP(2, [16, 16, 1]), neuron by neuron, to tell two moons apart; draw one backprop step, "
        "the loss and the decision boundary.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    demo.add_argument("--samples", type=_whole(2, 10_000), default=100, metavar="N", help="training points, 2 to 10000")
    demo.add_argument("--steps", type=_whole(1, 100_000), default=120, metavar="N", help="steps of gradient descent")
    demo.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, metavar="N", help="of points and weights")
    demo.add_argument("--out", type=Path, default=Path("demo"), metavar="FOLDER", help="where the pictures go")
    demo.add_argument("--overwrite", action="store_true", help="write into FOLDER although it exists")
    return parser


class _whole:
    """A whole number in a range."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = self.least - 1
        if not self.least <= number <= self.most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {self.least} to {self.most}")
        return number


if __name__ == "__main__":
    sys.exit(main())
