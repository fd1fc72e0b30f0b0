"""What every command of ``autograd`` has in common: wrong usage is said in one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

__all__ = ["ArgumentParser"]


class ArgumentParser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that says what is wrong in one line, and where to read more; exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Print the line and end the process."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")
