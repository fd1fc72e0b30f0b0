"""Functions that a picture knows by name in a finished graph, by what they do in examples.

Nothing is noted while such a function runs: the picture runs the examples, and looks for graphs of the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["Example", "known_functions", "register_function"]

Example = Callable[[], object]
"""Runs a function on Values that nothing else uses, and returns its result: a Value, or a list of them."""

_examples: dict[str, list[Example]] = {}


def register_function(name: str, *examples: Example) -> None:
    """Know a function by what these examples of it build."""
    _examples.setdefault(name, []).extend(examples)


def known_functions() -> dict[str, Sequence[Example]]:
    """The examples of each function, by its name.

    >>> import nn
    >>> "mse_loss" in known_functions()
    True
    """
    return {name: tuple(examples) for name, examples in _examples.items()}
