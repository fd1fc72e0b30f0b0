"""Functions that a picture recognizes in a finished graph and shows by name.

Nothing is recorded while such a function runs. The picture runs its examples and looks for graphs of the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["Example", "known_functions", "register_function"]

Example = Callable[[], object]
"""A function without arguments that runs the function on fresh Values and returns the result: a Value or a list."""

_examples: dict[str, list[Example]] = {}


def register_function(name: str, *examples: Example) -> None:
    """Register a function, so that pictures recognize the graphs that its examples build.

    name: the name to show.
    examples: each runs the function on fresh Values and returns its result.
    """
    _examples.setdefault(name, []).extend(examples)


def known_functions() -> dict[str, Sequence[Example]]:
    """Return each registered function's examples, by its name.

    >>> import nn
    >>> "mse_loss" in known_functions()
    True
    """
    return {name: tuple(examples) for name, examples in _examples.items()}
