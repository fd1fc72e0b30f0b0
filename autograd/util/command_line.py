"""The argument parser for all commands of ``autograd``. It reports wrong usage in one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

__all__ = ["ArgumentParser"]


class ArgumentParser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that reports an error in one line, points to ``--help`` and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end the process."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")
