"""The folder that a demo writes into, its numbers on the command line, and the errors of both, in one line each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autograd.util.command_line import ArgumentParser

__all__ = ["DemoError", "add_folder", "integer", "one_line", "prepare"]


class DemoError(Exception):
    """The reason why the demo cannot run, in one line."""


def add_folder(parser: ArgumentParser, folder: str, of_seed: str, of_folder: str) -> None:
    """Add the options --seed, --out and --overwrite. of_seed, of_folder: what seed and folder are for."""
    add = parser.add_argument
    add(
        "--seed",
        type=integer(0, 2**32 - 1),
        default=0,
        metavar="N",
        help=f"seed for {of_seed} (default: %(default)s)",
    )
    add(
        "--out",
        type=Path,
        default=Path(folder),
        metavar="FOLDER",
        help=f"folder for {of_folder} (default: %(default)s)",
    )
    add("--overwrite", action="store_true", help="write into FOLDER even if it exists")


def integer(least: int, most: int) -> Callable[[str], int]:
    """Return a parser for whole numbers in a range."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return number

    return read


def prepare(out: Path, overwrite: bool) -> None:
    """Create the folder. Raises DemoError if it cannot be created, or exists and may not be written into."""
    if out.exists() and not out.is_dir():
        raise DemoError(f"{out} is a file: choose a folder with --out")
    if out.exists() and not overwrite:
        hint = "add --overwrite (make demo ARGS=--overwrite) to write into it, or choose another with --out"
        raise DemoError(f"the folder {out} already exists: {hint}")
    with one_line(out):
        out.mkdir(parents=True, exist_ok=True)


@contextmanager
def one_line(out: Path) -> Iterator[None]:
    """Raise DemoError for an OSError in this block."""
    try:
        yield
    except BrokenPipeError:  # of what is printed
        raise
    except OSError as error:
        raise DemoError(f"cannot write into {out}: {error.strerror or error}") from error
