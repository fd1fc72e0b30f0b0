"""The argument parser for all commands of ``autograd``. It reports wrong usage in one sentence."""

from __future__ import annotations

import argparse
import sys
import textwrap
from shutil import get_terminal_size
from typing import Any, NoReturn

from autograd.util.suggestions import did_you_mean

__all__ = ["ArgumentParser"]


class ArgumentParser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that reports an error in one sentence, points to ``--help`` and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end the process."""
        text = f"{self.prog}: {message} (see {self.prog} --help)"
        if sys.stderr.isatty():
            text = textwrap.fill(text, get_terminal_size().columns, break_on_hyphens=False)
        self.exit(2, f"{text}\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a word that is not one of an argument's choices, and suggest the nearest one."""
        if action.choices is not None and value not in action.choices:
            like = did_you_mean(value, map(str, action.choices))
            known = like or f"use one of {', '.join(map(str, action.choices))}"
            raise argparse.ArgumentError(action, f"{value!r:.60} is unknown: {known}")
