"""The parser of every command of ``autograd``: it reports wrong usage in one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

__all__ = ["ArgumentParser"]


class ArgumentParser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that reports an error in one line, names ``--help``, and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        """Print the line and end the process."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")
