"""A sentence for a module of Python's library that a page does not have: of terminals, servers, tests."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["explain"]


def explain() -> None:
    """From now on an import of what Python has elsewhere and not here says so.

    The error stays the one that `try` expects: ModuleNotFoundError.
    """
    if LeftOut not in sys.meta_path:
        sys.meta_path.append(LeftOut)


class LeftOut:
    """The last finder, which is asked for what the others have not found.

    >>> LeftOut.find_spec("no_such_module")
    >>> LeftOut.find_spec("unittest")
    Traceback (most recent call last):
    ModuleNotFoundError: unittest is a part of Python's library that this page leaves out; a Python of your own has it
    """

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Refuse a module of Python's library."""
        if path is None and name in sys.stdlib_module_names:
            raise ModuleNotFoundError(
                f"{name} is a part of Python's library that this page leaves out; a Python of your own has it",
                name=name,
            )
