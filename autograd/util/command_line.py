"""The argument parser for all commands of ``autograd``. It reports wrong usage in one line."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from autograd.util.suggestions import did_you_mean

__all__ = ["ArgumentParser"]


class ArgumentParser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that reports an error in one line, points to ``--help`` and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end the process."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a word that is not one of an argument's choices, and suggest the nearest one."""
        if action.choices is not None and value not in action.choices:
            like = did_you_mean(value, map(str, action.choices))
            words = f"{value!r:.60} is not one of {', '.join(map(str, action.choices))}"
            raise argparse.ArgumentError(action, f"{words}: {like}" if like else words)
